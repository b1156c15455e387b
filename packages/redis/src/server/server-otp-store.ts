import type { OtpConsumption, OtpPurpose, OtpStore, PendingOtp } from '../port.ts';
import type { Connection } from './connection.ts';

/** One-time codes on the server: `otp:{purpose}:{email}`, and the tries in `otp-tries:{purpose}:{email}`. */
export class ServerOtpStore implements OtpStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async put(purpose: OtpPurpose, email: string, pending: PendingOtp, ttlMs: number): Promise<void> {
    const { codeHash, payload } = pending;
    const json = JSON.stringify({ codeHash, payload } satisfies PendingOtp);
    await this.#connection.run((client) => client.set(keysOf(purpose, email).pending, json, px(ttlMs)));
  }

  async get(purpose: OtpPurpose, email: string): Promise<PendingOtp | undefined> {
    const json = await this.#connection.run((client) => client.get(keysOf(purpose, email).pending));
    return json === null ? undefined : (JSON.parse(json) as PendingOtp);
  }

  async consume(
    purpose: OtpPurpose,
    email: string,
    codeHash: string,
    limits: { readonly attemptsMax: number; readonly attemptsWindowMs: number },
  ): Promise<OtpConsumption> {
    const { outcome, detail } = await this.#connection.run((client) =>
      client.consumeOtp(keysOf(purpose, email), codeHash, limits),
    );
    if (outcome === 'matched') return { outcome, payload: (JSON.parse(detail) as PendingOtp).payload };
    if (outcome === 'incorrect') return { outcome, attemptsLeft: Number(detail) };
    return { outcome, retryAfterMs: Number(detail) };
  }
}

function keysOf(purpose: OtpPurpose, email: string) {
  return { pending: `otp:${purpose}:${email}`, tries: `otp-tries:${purpose}:${email}` };
}

function px(ttlMs: number) {
  return { expiration: { type: 'PX', value: ttlMs } } as const;
}
