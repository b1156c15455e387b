import { setTimeout as delay } from 'node:timers/promises';
import { initProducerIdV4 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import { Deadline } from './deadline.ts';
import { codes, mayPass, nameOfCode, unavailable } from './failures.ts';

const pauseMs = 50;

/** Under it the brokers number a producer's batches, and drop those that come twice. */
export interface ProducerId {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** The producer id of now, asked for when it is needed. */
export class ProducerIds {
  readonly #cluster: Cluster;
  #current: ProducerId | undefined;
  #obtaining: Promise<ProducerId> | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async current(): Promise<ProducerId> {
    if (this.#current !== undefined) return this.#current;
    this.#obtaining ??= this.#obtain().finally(() => {
      this.#obtaining = undefined;
    });
    this.#current = await this.#obtaining;
    return this.#current;
  }

  /** The next one is another. */
  discard(producer: ProducerId): void {
    if (this.#current === producer) this.#current = undefined;
  }

  async #obtain(): Promise<ProducerId> {
    const deadline = new Deadline();
    for (;;) {
      const answer = await this.#cluster.ask(initProducerIdV4.api, [null, 0], deadline);
      const { errorCode, producerId, producerEpoch } = answer;
      if (errorCode === codes.none) return { producerId, producerEpoch };
      const reason = `the Kafka brokers give no producer id: ${nameOfCode(errorCode)}`;
      if (!mayPass(errorCode) || deadline.leftMs <= pauseMs) throw unavailable(reason);
      await delay(pauseMs);
    }
  }
}
