/** Resolves when the dependency works; rejects with the reason when it does not. */
export type HealthCheck = () => Promise<void>;

export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or in a few words why not. */
  readonly checks: Readonly<Record<string, string>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** What a service needs to be ready, asked each time somebody asks. */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();
  #stopping = false;

  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** From here on not ready: the balancer stops sending before the service stops taking. */
  stopping(): void {
    this.#stopping = true;
  }

  async readiness(): Promise<Readiness> {
    const checks = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    const byName = Object.fromEntries(checks);
    if (this.#stopping) byName.service = 'stopping';
    return { ready: Object.values(byName).every((state) => state === 'ok'), checks: byName };
  }
}

async function outcome(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, `no answer in ${CHECK_TIMEOUT_MS} ms`);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
