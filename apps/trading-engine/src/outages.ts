import { isDatabaseUnavailable } from '@repo/db';
import { KafkaUnavailableError } from '@repo/kafka';
import type { Logger } from '@repo/service';

export type Server = 'Kafka' | 'PostgreSQL';

/** Tells of each outage once when it is noticed and once when it is over, however many shards wait. */
export class Outages {
  readonly #logger: Logger;
  readonly #away = new Set<Server>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns whether the error says that a server is away: then it may pass, else it is the caller's to tell. */
  notice(error: unknown): boolean {
    const server = serverOf(error);
    if (server === undefined) return false;
    if (!this.#away.has(server)) this.#logger.warn({ err: error }, `${server} is away`);
    this.#away.add(server);
    return true;
  }

  over(server: Server): void {
    if (this.#away.delete(server)) this.#logger.info(`${server} answers again`);
  }
}

function serverOf(error: unknown): Server | undefined {
  if (error instanceof KafkaUnavailableError) return 'Kafka';
  return isDatabaseUnavailable(error) ? 'PostgreSQL' : undefined;
}
