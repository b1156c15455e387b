import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ApiClient, createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { createLogger, type Environment, loadConfig } from '@repo/service';
import { processesConfigSchema } from '../config.ts';
import type { PlannedProcess } from '../plan-processes.ts';
import { type RunningProcesses, startProcesses } from '../start-processes.ts';
import { findServicePorts } from './service-ports.ts';

const run = promisify(execFile);
const ORIGIN = 'http://localhost:3000';
/** Longer than the minute for which the cache may call a session active. */
const PATIENCE_MS = 75_000;

export const PASSWORD = 'correct horse battery staple';

export type Cookies = ReturnType<typeof createCookieJar>;

/** One of each service on the servers under test, in a database of their own; stopped and started as an operator does. */
export class Installation {
  /** Secrets, logs, and room for the test's own files. */
  readonly directory: string;
  readonly ownerUrl: string;
  readonly #serverUrl: string;
  readonly #database: string;
  readonly #environment: Environment;
  #running: RunningProcesses | undefined;

  private constructor(directory: string, serverUrl: string, environment: Environment) {
    this.directory = directory;
    this.#serverUrl = serverUrl;
    this.#database = `installation_${randomUUID().replaceAll('-', '')}`;
    this.ownerUrl = Object.assign(new URL(serverUrl), { pathname: this.#database }).href;
    this.#environment = { ...environment, DATABASE_URL: this.ownerUrl };
  }

  static async create(): Promise<Installation> {
    const { DATABASE_URL, MAIL_PAGE_URL } = process.env;
    assert.ok(DATABASE_URL && MAIL_PAGE_URL, 'npm run test:distributed starts the servers and sets their addresses');
    const directory = await mkdtemp(join(tmpdir(), 'cfd-broker-installation-'));
    const ports = await findServicePorts();
    const installation = new Installation(directory, DATABASE_URL, {
      ...process.env,
      HTTP_PORT: String(ports.HTTP_PORT),
      WS_PORT: String(ports.WS_PORT),
      INTERNAL_PORT: String(ports.INTERNAL_PORT),
      STATE_DIR: directory,
      WEB_ORIGINS: ORIGIN,
      DB_PROCESSORS: '1',
      POLLERS: '1',
      TRADING_ENGINES: '1',
      PRICE_SOURCE: 'simulated',
      SIGNUPS_PER_10_MINUTES: '1000',
      SIGNINS_PER_10_SECONDS: '1000',
    });
    await installation.createDatabase();
    return installation;
  }

  /** @param settingsOf those of one process, beside what all are told. */
  async start(
    settings: Environment = {},
    settingsOf: (process: PlannedProcess) => Environment = () => ({}),
  ): Promise<void> {
    const environment = { ...this.#environment, ...settings };
    this.#running = await startProcesses({
      config: loadConfig(processesConfigSchema, environment),
      environment,
      settingsOf,
      logger: createLogger({ level: 'silent' }),
      withWeb: false,
      onStep: () => {},
      onCrash: (sentence) => assert.fail(sentence),
      signal: new AbortController().signal,
    });
  }

  /** One process, `poller-1`, the others go on. */
  async stopProcess(name: string): Promise<void> {
    const found = this.#running?.processes.find((process) => process.name === name);
    assert.ok(found, `${name} does not run`);
    await found.stop();
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.dropDatabase();
    await rm(this.directory, { recursive: true, force: true });
  }

  async createDatabase(): Promise<void> {
    await query(this.#serverUrl, `create database ${this.#database}`);
  }

  async dropDatabase(): Promise<void> {
    await query(this.#serverUrl, `drop database if exists ${this.#database} with (force)`);
  }

  /** As the owner. @returns rows as lines, columns divided by `|`. */
  query(text: string): Promise<string> {
    return query(this.ownerUrl, text);
  }

  client(cookies: Cookies = createCookieJar()): ApiClient {
    return createApiClient({ baseUrl: `http://127.0.0.1:${this.#environment.HTTP_PORT}`, origin: ORIGIN, cookies });
  }

  /** A sign-up to its end. @returns the session's cookies. */
  async signUp(email: string): Promise<Cookies> {
    const cookies = createCookieJar();
    const otp = await this.codeAfter(email, () => this.client(cookies).signup({ email, password: PASSWORD }));
    await this.client(cookies).verifyOtp({ email, otp });
    return cookies;
  }

  /** The code that is mailed because of what is done. */
  async codeAfter(email: string, act: () => Promise<unknown>): Promise<string> {
    const { length } = await codesFor(email);
    await act();
    return until(`a code for ${email}`, async () => {
      const codes = await codesFor(email);
      return codes.length > length && codes[0];
    });
  }

  /** Of the db-processor, which has the first internal port. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#environment.INTERNAL_PORT}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }
}

async function query(url: string, text: string): Promise<string> {
  const options = ['--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--no-align', '--tuples-only'];
  return (await run('psql', [url, ...options, '--command', text])).stdout.trim();
}

/** Newest first. */
async function codesFor(email: string): Promise<readonly string[]> {
  const page = await fetch(`${process.env.MAIL_PAGE_URL}/mails`);
  const mails = (await page.json()) as { to: string; text: string }[];
  return mails.filter(({ to }) => to.includes(email)).flatMap(({ text }) => /\b[0-9]{6}\b/.exec(text)?.[0] ?? []);
}

/** Looks until there is something to see; what fails meanwhile is looked at again. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    const found = await look().catch(() => undefined);
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`${what} did not come within ${PATIENCE_MS / 1_000} s`);
}
