import { roleUrl } from '@repo/db';
import type { Environment, Secrets } from '@repo/service';
import type { ProcessesConfig } from './config.ts';

export interface PlannedProcess {
  /** `api-server-2`: the service and which of its instances. */
  readonly name: string;
  /** The program, from the root of the repository. */
  readonly program: string;
  readonly environment: Environment;
  readonly readyUrl: string;
}

const API_PORTS_APART = 10;

/** Which processes there are, and what each is told: its own secrets and role, never another's. */
export function planProcesses(config: ProcessesConfig, secrets: Secrets, environment: Environment): PlannedProcess[] {
  const { KAFKA_BROKERS, REDIS_URL, DATABASE_URL, SMTP_URL, HOST, HTTP_PORT, WS_PORT, WEB_PORT } = config;
  const shared = { ...environment, KAFKA_BROKERS, HOST, DATABASE_URL: undefined, SMTP_URL: undefined };
  const planned: PlannedProcess[] = [];
  const add = (service: string, count: number, settings: (index: number) => Environment) => {
    for (let index = 0; index < count; index += 1) {
      const internalPort = config.INTERNAL_PORT + planned.length;
      planned.push({
        name: `${service}-${index + 1}`,
        program: `apps/${service}/src/main.ts`,
        environment: { ...shared, INTERNAL_PORT: String(internalPort), ...settings(index) },
        readyUrl: `http://127.0.0.1:${internalPort}/readyz`,
      });
    }
  };
  add('db-processor', config.DB_PROCESSORS, () => ({
    DATABASE_URL: roleUrl(DATABASE_URL, 'db_processor', secrets.DB_PROCESSOR_PASSWORD),
    SEALING_PRIVATE_KEY: secrets.SEALING_PRIVATE_KEY,
  }));
  add('api-server', config.API_SERVERS, (index) => ({
    REDIS_URL,
    SMTP_URL,
    DATABASE_URL: roleUrl(DATABASE_URL, 'api_server', secrets.API_SERVER_PASSWORD),
    HTTP_PORT: String(HTTP_PORT + index * API_PORTS_APART),
    WS_PORT: String(WS_PORT + index * API_PORTS_APART),
    WEB_ORIGINS: environment.WEB_ORIGINS ?? `http://localhost:${WEB_PORT}`,
    SEALING_PUBLIC_KEY: secrets.SEALING_PUBLIC_KEY,
    JWT_SECRET: secrets.JWT_SECRET,
    REFRESH_SECRET: secrets.REFRESH_SECRET,
    OTP_SECRET: secrets.OTP_SECRET,
  }));
  add('poller', config.POLLERS, () => ({
    PRICE_SOURCE_FALLBACK: environment.PRICE_SOURCE_FALLBACK ?? 'simulated',
    REDIS_URL,
    DATABASE_URL: roleUrl(DATABASE_URL, 'poller', secrets.POLLER_PASSWORD),
  }));
  add('trading-engine', config.TRADING_ENGINES, () => ({
    DATABASE_URL: roleUrl(DATABASE_URL, 'trading_engine', secrets.TRADING_ENGINE_PASSWORD),
  }));
  return planned;
}

/** The web app, which talks to the first api-server. */
export function planWeb(config: ProcessesConfig, environment: Environment): PlannedProcess {
  return {
    name: 'web',
    program: 'apps/web/main.ts',
    environment: {
      ...environment,
      DATABASE_URL: undefined,
      NODE_ENV: 'production',
      HOST: config.HOST,
      WEB_PORT: String(config.WEB_PORT),
      API_URL: `http://localhost:${config.HTTP_PORT}`,
      WS_URL: `ws://localhost:${config.WS_PORT}`,
      PROFILE: 'distributed',
    },
    readyUrl: `http://127.0.0.1:${config.WEB_PORT}/`,
  };
}
