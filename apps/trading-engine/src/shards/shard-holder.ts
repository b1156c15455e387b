import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldLease, Lease } from '@repo/db';
import { tradeShards } from '@repo/schemas';
import type { Logger } from '@repo/service';
import type { Outages } from '../outages.ts';
import type { ShardRunner } from './shard-runner.ts';
import { fairShare } from './share-shards.ts';

const ENGINE = 'engine:';
const SHARD = 'shard:';

export interface ShardHolderOptions {
  readonly lease: Lease;
  readonly leaseMs: number;
  readonly intervalMs: number;
  readonly logger: Logger;
  readonly outages: Outages;
  /** Begins to run a shard. */
  readonly run: (shardId: number, lease: HeldLease) => ShardRunner;
  /** Told of a bug: a shard is not run here any more, or no more shards are taken. */
  readonly onBug: (error: unknown) => void;
}

/**
 * Holds this engine's share of the shards: as many as any other engine holds, all of them when there is no other. Leases
 * in PostgreSQL say who holds what, and who is there at all.
 */
export class ShardHolder {
  readonly #options: ShardHolderOptions;
  readonly #me: string = randomUUID();
  readonly #runners = new Map<number, ShardRunner>();
  readonly #closing = new AbortController();
  readonly #sharing: Promise<void>;
  #isPresent = false;

  constructor(options: ShardHolderOptions) {
    this.#options = options;
    this.#sharing = this.#share().catch((error: unknown) => options.onBug(error));
  }

  get runners(): readonly ShardRunner[] {
    return [...this.#runners.values()];
  }

  /** Whether the database knows of this engine. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** Hands every shard over in order. */
  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#sharing;
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  async #share(): Promise<void> {
    const { lease, leaseMs, intervalMs, outages } = this.#options;
    const { signal } = this.#closing;
    let presence: HeldLease | undefined;
    while (!signal.aborted) {
      try {
        if (presence?.isHeld() !== true) presence = await lease.tryToHold(`${ENGINE}${this.#me}`, this.#me, leaseMs);
        this.#isPresent = presence !== undefined;
        if (presence !== undefined) await this.#balance();
      } catch (error) {
        if (!outages.notice(error)) throw error;
        this.#isPresent = false;
      }
      await sleep(intervalMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
    await presence?.release();
  }

  async #balance(): Promise<void> {
    const { lease, outages } = this.#options;
    const engines = (await lease.list(ENGINE)).map(({ holder }) => holder);
    outages.over('PostgreSQL');
    const share = fairShare(engines, this.#me, tradeShards);
    const surplus = this.runners.slice(share);
    await Promise.all(surplus.map((runner) => runner.stop()));
    if (this.#runners.size >= share) return;
    const taken = new Set((await lease.list(SHARD)).map(({ name }) => name));
    for (let shardId = 0; shardId < tradeShards && this.#runners.size < share; shardId += 1) {
      if (taken.has(nameOf(shardId)) || this.#runners.has(shardId) || this.#closing.signal.aborted) continue;
      await this.#take(shardId);
    }
  }

  async #take(shardId: number): Promise<void> {
    const { lease, leaseMs, logger, run, onBug } = this.#options;
    const held = await lease.tryToHold(nameOf(shardId), this.#me, leaseMs);
    if (held === undefined) return;
    const runner = run(shardId, held);
    this.#runners.set(shardId, runner);
    runner.ended
      .catch((error: unknown) => onBug(error))
      .finally(() => {
        logger.info({ shard: shardId }, 'the shard is no longer run here');
        this.#runners.delete(shardId);
      });
  }
}

function nameOf(shardId: number): string {
  return `${SHARD}${String(shardId).padStart(2, '0')}`;
}
