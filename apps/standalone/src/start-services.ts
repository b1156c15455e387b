import { join } from 'node:path';
import { apiServerConfigSchema, createMailbox, type Mailbox, startApiServer } from '@repo/api-server';
import {
  type DatabaseHandle,
  type DatabaseRole,
  type EmbeddedPostgres,
  migrateDatabase,
  openDatabase,
  roleUrl,
  startEmbeddedPostgres,
} from '@repo/db';
import { dbProcessorConfigSchema, startDbProcessor } from '@repo/db-processor';
import { EmbeddedBroker, ensureTopics, type Kafka } from '@repo/kafka';
import { pollerConfigSchema, startPoller } from '@repo/poller';
import { createEmbeddedRedis, type Redis } from '@repo/redis';
import type { PriceSource } from '@repo/schemas';
import { type Environment, type Logger, loadConfig, loadSecrets, type RunningService, Shutdown } from '@repo/service';
import { startTradingEngine, tradingEngineConfigSchema } from '@repo/trading-engine';

export interface ServicesOptions {
  readonly environment: Environment;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Told of each step when it begins (no detail) and when it is done. */
  readonly onStep?: (name: string, detail?: string) => void;
  /** Gives up the start between two steps. */
  readonly signal?: AbortSignal;
}

/** Every service but web, on embedded infrastructure, with what tests and tools want to reach. */
export interface RunningServices {
  readonly services: readonly RunningService[];
  readonly httpPort: number;
  readonly wsPort: number;
  readonly priceSource: PriceSource;
  readonly mailbox: Mailbox;
  readonly broker: EmbeddedBroker;
  readonly kafka: Kafka;
  readonly redis: Redis;
  readonly postgres: EmbeddedPostgres;
  /** The database as each role sees it. */
  readonly databases: Readonly<Record<'dbProcessor' | 'tradingEngine' | 'apiServer', DatabaseHandle>>;
  /** Stops in the reverse order of the start, the database last. */
  stop(): Promise<void>;
}

/**
 * Starts the infrastructure and the services on it, in the order in which they need each other. When a step fails
 * what was started is stopped again and the error is thrown.
 */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { environment, dataDir, logger, signal } = options;
  const onStep = (name: string, detail?: string) => {
    signal?.throwIfAborted();
    options.onStep?.(name, detail);
  };
  const shutdown = new Shutdown(logger);
  try {
    const secrets = await loadSecrets(dataDir, environment);
    const settings = { PRICE_SOURCE_FALLBACK: 'simulated', ...environment, ...secrets };
    // All settings are read before anything starts, so that a wrong one costs no time.
    const pollerConfig = loadConfig(pollerConfigSchema, settings);
    const dbProcessorConfig = loadConfig(dbProcessorConfigSchema, settings);
    const tradingEngineConfig = loadConfig(tradingEngineConfigSchema, settings);
    const apiServerConfig = loadConfig(apiServerConfigSchema, settings);

    onStep('PostgreSQL');
    const notes: string[] = [];
    const postgres = await startEmbeddedPostgres({
      dataDir: join(dataDir, 'postgres'),
      onProgress: (note) => {
        notes.push(note);
        logger.info(note);
      },
    });
    shutdown.add('PostgreSQL', () => postgres.stop());
    onStep('PostgreSQL', [`port ${new URL(postgres.ownerUrl).port}`, ...notes].join('; '));

    onStep('Database');
    await migrateDatabase(postgres.ownerUrl, {
      db_processor: secrets.DB_PROCESSOR_PASSWORD,
      trading_engine: secrets.TRADING_ENGINE_PASSWORD,
      api_server: secrets.API_SERVER_PASSWORD,
    });
    const open = (role: DatabaseRole, password: string) => {
      const handle = openDatabase(roleUrl(postgres.ownerUrl, role, password));
      shutdown.add(`connections of ${role}`, () => handle.close());
      return handle;
    };
    const databases = {
      dbProcessor: open('db_processor', secrets.DB_PROCESSOR_PASSWORD),
      tradingEngine: open('trading_engine', secrets.TRADING_ENGINE_PASSWORD),
      apiServer: open('api_server', secrets.API_SERVER_PASSWORD),
    };
    onStep('Database', 'migrated');

    onStep('Message log and cache');
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    shutdown.add('message log', () => kafka.close());
    const redis = createEmbeddedRedis();
    shutdown.add('cache', () => redis.close());
    await ensureTopics(kafka);
    onStep('Message log and cache', 'in memory');

    const child = (service: string) => logger.child({ service });
    onStep('db-processor');
    const dbProcessor = await startDbProcessor({
      config: dbProcessorConfig,
      logger: child('db-processor'),
      kafka,
      database: databases.dbProcessor,
    });
    shutdown.add('db-processor', () => dbProcessor.stop());
    onStep('db-processor', 'users and candles');

    onStep('trading-engine');
    const tradingEngine = await startTradingEngine({
      config: tradingEngineConfig,
      logger: child('trading-engine'),
      kafka,
      database: databases.tradingEngine,
    });
    shutdown.add('trading-engine', () => tradingEngine.stop());
    onStep('trading-engine', 'orders, positions and the ledger');

    onStep('api-server');
    const mailbox = createMailbox();
    const apiServer = await startApiServer({
      config: apiServerConfig,
      logger: child('api-server'),
      kafka,
      redis,
      database: databases.apiServer,
      mailer: mailbox,
      mailbox,
    });
    shutdown.add('api-server', () => apiServer.stop());
    onStep('api-server', `http://localhost:${apiServer.httpPort}, ws://localhost:${apiServer.wsPort}`);

    onStep('Poller');
    const poller = await startPoller({ config: pollerConfig, logger: child('poller'), kafka, prices: redis.prices });
    shutdown.add('poller', () => poller.stop());
    onStep('Poller', `${poller.source} prices`);

    return {
      services: [poller, dbProcessor, tradingEngine, apiServer],
      httpPort: apiServer.httpPort,
      wsPort: apiServer.wsPort,
      priceSource: poller.source,
      mailbox,
      broker,
      kafka,
      redis,
      postgres,
      databases,
      stop: () => shutdown.run(),
    };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}
