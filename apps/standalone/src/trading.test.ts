import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { accounts, users } from '@repo/db';
import { followTopic, publish } from '@repo/kafka';
import type { TradeAnswer, TradeCommand, TradeCommandType } from '@repo/schemas';
import { createLogger, findFreePort } from '@repo/service';
import { type RunningServices, startServices } from './start-services.ts';
import { killPrograms, runProgram } from './testing/run-program.ts';

const PATIENCE_MS = 15_000;

let dataDir: string;
let services: RunningServices;
const accountId = randomUUID();
const deposit = { type: 'deposit', data: { amount: '1000' }, commandId: randomUUID() } as const;

async function start(): Promise<void> {
  const [httpPort, wsPort] = await Promise.all([findFreePort(), findFreePort()]);
  services = await startServices({
    environment: { HTTP_PORT: String(httpPort), WS_PORT: String(wsPort), PRICE_SOURCE: 'simulated' },
    dataDir,
    logger: createLogger({ level: 'silent' }),
  });
}

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cfd-broker-trading-'));
  // As root the database runs as a user of its own, who must be able to enter.
  await chmod(dataDir, 0o755);
  await start();
});
after(async () => {
  await killPrograms();
  await services.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Sends a command as an api-server would and waits for its answer. */
async function ask<T extends TradeCommandType>(command: {
  readonly type: T;
  readonly data: Extract<TradeCommand, { type: T }>['data'];
  readonly commandId?: string;
}): Promise<TradeAnswer['outcome']> {
  const { kafka } = services;
  const at = Date.now();
  const envelope = { id: randomUUID(), at, accountId, replyTo: 'test', expiresAt: at + 60_000 };
  const whole = { ...envelope, commandId: randomUUID(), ...command } as unknown as TradeCommand;
  const answer = Promise.withResolvers<TradeAnswer['outcome']>();
  const timer = setTimeout(() => answer.reject(new Error(`no answer to ${command.type}`)), PATIENCE_MS);
  const follower = followTopic(kafka, {
    topic: 'trade-answers',
    onMessages: (messages) => {
      for (const { message } of messages) if (message.commandId === whole.commandId) answer.resolve(message.outcome);
    },
  });
  try {
    await follower.ready;
    await publish(kafka, 'trade-commands', accountId, whole);
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    await follower.close();
  }
}

async function balance(): Promise<number | undefined> {
  return (await services.databases.tradingEngine.db.select().from(accounts))[0]?.balance;
}

it('an account is opened and funded, and the engine is among the services', { timeout: 60_000 }, async () => {
  const userId = randomUUID();
  await services.databases.dbProcessor.db
    .insert(users)
    .values({ id: userId, email: 'ada@example.com', passwordHash: 'x' });
  const opened = await ask({ type: 'open-account', data: { userId, mode: 'hedging', profile: 'professional' } });
  assert.equal(opened.type, 'accepted');
  assert.equal((await ask(deposit)).type, 'accepted');
  assert.equal(await balance(), 1_000_000_000);
  const engine = services.services.find(({ name }) => name === 'trading-engine');
  assert.ok(engine);
  while (!/^cfd_trading_engine_shards 12$/m.test(await engine.metrics.metrics())) await sleep(20);
});

it('the next start has another log, and still carries no command out twice', async () => {
  await services.stop();
  await start();
  assert.equal((await ask(deposit)).type, 'accepted', 'the answer of the first time');
  assert.equal(await balance(), 1_000_000_000);
  assert.equal((await ask({ ...deposit, commandId: randomUUID() })).type, 'accepted');
  assert.equal(await balance(), 2_000_000_000);
});

it('books that cannot be read end the program, as any other bug does', { timeout: 60_000 }, async () => {
  await services.databases.tradingEngine.db.update(accounts).set({ profile: 'none' });
  await services.stop();
  // The last of the crashes that it forgives.
  const program = await runProgram({ DATA_DIR: dataDir, CFD_CRASHES: '5' });
  assert.equal((await program.ended).code, 70, program.output());
  assert.match(program.output(), /CFD-Broker crashed \(no profile none\) and stops/);
});
