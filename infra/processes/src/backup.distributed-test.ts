import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { ApiError } from '@repo/client';
import { Installation, PASSWORD, until } from './testing/installation.ts';

// The commands are those of the page, so that whoever follows it does what was tried here.
const page = await readFile(join(import.meta.dirname, '../../../docs/operations/backup-and-restore.md'), 'utf8');
const run = promisify(execFile);
const ASSET = 'BTC_USDC';
const CANDLE_FLUSH_MS = 1_000;
const MINUTES = `select * from candles where asset = '${ASSET}' and interval = '1m' order by open_time`;

let installation: Installation;
before(async () => {
  installation = await Installation.create();
});
after(() => installation?.remove());

it('is restored from the documented backup by the documented commands', async () => {
  await installation.start();
  const kept = `kept-${Date.now()}@example.com`;
  const session = await installation.signUp(kept);
  const candles = await until('a minute of candles', async () => {
    const { items } = await installation.client().candles({ asset: ASSET, interval: '1m' });
    return items.length > 0 ? items : undefined;
  });
  await until('an audit event from the message log', async () => {
    return (await installation.query(`select 1 from audit_events where kind = 'signup-requested'`)) === '1';
  });
  await follow('backup');
  const late = `late-${Date.now()}@example.com`;
  await installation.signUp(late);
  await installation.stopProcess('poller-1');
  const minutes = await until('the last price to be counted', async () => {
    const before = await installation.query(MINUTES);
    await delay(2 * CANDLE_FLUSH_MS);
    return before === (await installation.query(MINUTES)) && before;
  });
  await installation.stop();

  await installation.dropDatabase();
  await installation.createDatabase();
  await assert.rejects(follow('verify'), 'an empty database is no backup');
  await follow('restore');
  await follow('verify');

  await sendBack('candles', 'price-updates');
  await sendBack('audit', 'audit-events');
  // In another minute, so that what was before is told apart.
  await delay(60_000 - (Date.now() % 60_000));
  await installation.start();
  const signIn = (email: string) => installation.client().signin({ email, password: PASSWORD });
  assert.equal((await signIn(kept)).user.email, kept);
  await assert.rejects(signIn(late), isRefusal);
  await until('the audit event from after the backup', async () => {
    const event = `select 1 from audit_events where kind = 'signup-requested' and subject = '${late}' limit 1`;
    return (await installation.query(event)) === '1';
  });
  await installation.signUp(late);

  await until('every price from before, none of them twice', async () => {
    return (await installation.query(MINUTES)).startsWith(minutes);
  });
  const { items } = await installation.client().candles({ asset: ASSET, interval: '1m' });
  assert.equal(items[0]?.openTime, candles[0]?.openTime);

  const rows = Number(await installation.query('select count(*) from audit_events'));
  const intact = await until('the audit chain to be verified', async () => {
    return (await installation.metric('cfd_db_processor_audit_chain_intact_rows')) || undefined;
  });
  assert.ok(intact >= (await headSequence()) && intact <= rows, `${intact} of ${rows}`);
  assert.equal(await installation.metric('cfd_db_processor_audit_chain_broken_bool'), 0);

  const restored = installation.client(session);
  await until('the end of the sessions of the backup', () => restored.me().then(() => false, isRefusal));
});

it('shows with the noted row that the end of the chain was cut off', async () => {
  await follow('verify');
  await installation.query('alter table audit_events disable trigger audit_events_append_only');
  await installation.query(`delete from audit_events where sequence >= ${await headSequence()}`);
  await assert.rejects(follow('verify'));
});

/** What `kafka-consumer-groups.sh --reset-offsets` does, to the beginning. */
async function sendBack(groupId: string, topic: string): Promise<void> {
  const bootstrapBrokers = (process.env.KAFKA_BROKERS ?? '').split(',');
  const admin = new Admin({ clientId: 'operator', bootstrapBrokers });
  const partitionOffsets = Array.from({ length: 6 }, (_, partition) => ({ partition, offset: 0n }));
  await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] });
  await admin.close();
}

/** Runs the block of the page that is named so. */
async function follow(block: string): Promise<void> {
  const [, commands] = new RegExp(`^\`\`\`sh ${block}\\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? [];
  assert.ok(commands, `the page has no block ${block}`);
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, OWNER_URL: installation.ownerUrl, BACKUP: installation.directory };
  await run('sh', ['-euc', commands], { env });
}

async function headSequence(): Promise<number> {
  return Number((await readFile(join(installation.directory, 'audit-head'), 'utf8')).split(' ')[0]);
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
