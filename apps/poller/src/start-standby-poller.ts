import { type HeldLease, type Lease, LeaseLostError } from '@repo/db';
import { createMetrics, Gauge, Health, Registry, type RunningService } from '@repo/service';
import { type PollerOptions, startPoller } from './start-poller.ts';

export interface StandbyPollerOptions extends PollerOptions {
  readonly lease: Pick<Lease, 'hold'>;
  /** A name that no other process has. */
  readonly holder: string;
  /** Another poller takes over this long after this one was last heard of. */
  readonly leaseMs: number;
}

const LEASE = 'poller';

/**
 * A poller that publishes while it holds the lease, and waits for it otherwise: of any number one is active. What it
 * publishes is fenced twice. It asks the lease at each write, as late as can be, and a lease is over for its holder before
 * it can be another's; and a later poller's sequences are above its own, so that a write which left this machine late all
 * the same is an old price to every reader.
 */
export function startStandbyPoller(options: StandbyPollerOptions): RunningService {
  const { lease, holder, leaseMs, logger } = options;
  const closing = new AbortController();
  const registry = createMetrics();
  const activeGauge = new Gauge({
    name: 'cfd_poller_active',
    help: 'Whether this poller holds the lease and publishes: 1 or 0.',
    registers: [registry],
  });
  let active: RunningService | undefined;
  const health = new Health();
  // Waiting is what a standby is for; only the active one has a feed to be ready with.
  health.add('poller', async () => {
    const readiness = await active?.health.readiness();
    if (readiness?.ready === false) throw new Error(describe(readiness.checks));
  });

  async function publishWhile(held: HeldLease): Promise<void> {
    logger.info({ epoch: held.epoch }, 'this poller is active');
    const poller = await startPoller({ ...options, ...fenced(options, held) });
    active = poller;
    activeGauge.set(1);
    try {
      await new Promise<void>((resolve) => {
        const signal = AbortSignal.any([held.ended, closing.signal]);
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      active = undefined;
      activeGauge.set(0);
      await poller.stop();
      await held.release();
      logger.info({ epoch: held.epoch }, 'this poller is no longer active');
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const held = await lease.hold(LEASE, holder, leaseMs, closing.signal).catch((error: unknown) => {
        if (closing.signal.aborted) return undefined;
        throw error;
      });
      if (held !== undefined) await publishWhile(held);
    }
  }

  const running = run();
  return {
    name: 'poller',
    health,
    get metrics() {
      return active === undefined ? registry : Registry.merge([registry, active.metrics]);
    },
    stop: async () => {
      health.stopping();
      closing.abort();
      await running;
    },
  };
}

function fenced({ kafka, prices }: PollerOptions, held: HeldLease): Pick<PollerOptions, 'kafka' | 'prices'> {
  const requireLease = () => {
    if (!held.isHeld()) throw new LeaseLostError('another poller may be active');
  };
  return {
    kafka: {
      ping: () => kafka.ping(),
      send: async (topic, messages) => {
        await kafka.send(topic, messages, { beforeWrite: requireLease });
      },
    },
    prices: {
      getMany: (assets) => prices.getMany(assets),
      put: async (price) => {
        requireLease();
        await prices.put(price);
      },
    },
  };
}

function describe(checks: Readonly<Record<string, string>>): string {
  return Object.entries(checks)
    .filter(([, state]) => state !== 'ok')
    .map(([name, state]) => `${name}: ${state}`)
    .join('; ');
}
