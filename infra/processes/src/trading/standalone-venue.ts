import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase, roleUrl } from '@repo/db';
import { createLogger, loadConfig, loadSecrets, type RunningService } from '@repo/service';
import { startTestStack, type TestStack } from '@repo/standalone/testing';
import type { Prng } from '@repo/testing/prng';
import { startTradingEngine, type TradingEngineOptions, tradingEngineConfigSchema } from '@repo/trading-engine';
import { Pool } from 'pg';
import { Market } from './market.ts';
import { crowdSettings, type Venue } from './venue.ts';

type ReachPoint = NonNullable<TradingEngineOptions['reachPoint']>;
export type CrashPoint = Parameters<ReachPoint>[0];

const CODE_MS_MAX = 10_000;

interface Engine {
  readonly service: RunningService;
  /** Ends it as `kill -9` would: connections that are cut, and leases that nobody renews or releases. */
  crash(): Promise<void>;
}

/** Everything in this process, on embedded infrastructure; its engine can be made to die. */
export interface StandaloneVenue extends Venue {
  readonly stack: TestStack;
  /** What engines called a bug. */
  readonly bugs: readonly unknown[];
  /** Kills the engine, at a point of its work or at once, and starts another. */
  killEngine(point?: CrashPoint): Promise<void>;
}

export async function openStandaloneVenue(random: Prng): Promise<StandaloneVenue> {
  const market = await Market.open(random);
  const stack = await startTestStack({ ...crowdSettings, ...market.settings });
  const secrets = await loadSecrets(stack.dataDir, {});
  const bugs: unknown[] = [];
  await stack.services.find(({ name }) => name === 'trading-engine')?.stop();
  let engine: Engine;
  /** Called once, where the engine is to die. */
  let armed: { readonly point: CrashPoint; readonly reached: () => void } | undefined;

  async function startEngine(): Promise<Engine> {
    const database = openDatabase(roleUrl(stack.postgres.ownerUrl, 'trading_engine', secrets.TRADING_ENGINE_PASSWORD));
    const kafka = stack.broker.connect();
    let isDead = false;
    const afterwards = Promise.withResolvers<void>();
    const service = await startTradingEngine({
      config: loadConfig(tradingEngineConfigSchema, { SHARD_LEASE_MS: '600', SHARE_INTERVAL_MS: '50' }),
      logger: createLogger({ level: 'silent' }),
      kafka,
      database,
      onBug: (error) => {
        if (!isDead) bugs.push(error);
      },
      reachPoint: (point) => {
        if (isDead) return undefined;
        if (point !== armed?.point) return undefined;
        armed.reached();
        armed = undefined;
        return afterwards.promise;
      },
    });
    return {
      service,
      crash: async () => {
        isDead = true;
        await Promise.all([kafka.close(), database.close().catch(() => undefined)]);
        // Cut off from everything, what is left of it may come to its end.
        afterwards.resolve();
        service.stop().catch(() => undefined);
      },
    };
  }
  engine = await startEngine();

  const pool = new Pool({ connectionString: stack.postgres.ownerUrl });
  pool.on('error', () => undefined);
  return {
    stack,
    bugs,
    market,
    pool,
    kafka: stack.kafka,
    doors: [{ name: 'api-server-1', url: stack.apiUrl, webSocketUrl: stack.wsUrl }],
    codeOf: async (email) => {
      for (const deadline = performance.now() + CODE_MS_MAX; performance.now() < deadline; await delay(20)) {
        const mail = stack.mailbox.list().find(({ to }) => to.includes(email));
        const code = /\b[0-9]{6}\b/.exec(mail?.text ?? '')?.[0];
        if (code !== undefined) return code;
      }
      return undefined;
    },
    notReady: async () => {
      const services = [engine.service, ...stack.services.filter(({ name }) => name !== 'trading-engine')];
      const answers = await Promise.all(services.map(({ health }) => health.readiness()));
      return services.flatMap(({ name }, index) => (answers[index]?.ready === true ? [] : [name]));
    },
    killEngine: async (point) => {
      if (point !== undefined) {
        const reached = Promise.withResolvers<void>();
        armed = { point, reached: reached.resolve };
        await reached.promise;
      }
      await engine.crash();
      engine = await startEngine();
    },
    stop: async () => {
      await engine.service.stop();
      await market.close();
      await pool.end();
      await stack.stop();
    },
  };
}
