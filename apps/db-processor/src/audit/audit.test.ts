import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { auditEvents, type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { publish } from '@repo/kafka';
import type { AuditEvent } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { asc, count, eq, sql } from 'drizzle-orm';
import { createDbProcessorMetrics } from '../metrics.ts';
import { startTestProcessor, type TestProcessor } from '../testing/start-test-processor.ts';
import { until } from '../testing/until.ts';
import { appendAudit } from './append-audit.ts';
import { createAuditChainCheck } from './audit-chain-check.ts';
import { auditHash } from './audit-hash.ts';
import { type AuditChainReport, verifyAuditChain } from './verify-audit-chain.ts';

const newEvent = (facts: Partial<AuditEvent> = {}): AuditEvent => ({
  id: randomUUID(),
  at: Date.now(),
  kind: 'signin-throttled',
  subject: 'ada@example.com',
  ...facts,
});

async function verifyWhole(database: Parameters<typeof verifyAuditChain>[0]): Promise<AuditChainReport> {
  let report = await verifyAuditChain(database);
  while (report.broken === undefined) {
    const next = await verifyAuditChain(database, report);
    if (next.intactRows === report.intactRows) return next;
    report = next;
  }
  return report;
}

describe('the audit chain', () => {
  let store: TestDatabase;
  let processor: TestProcessor;
  let owner: DatabaseHandle;

  before(async () => {
    store = await startTestDatabase();
    processor = await startTestProcessor(store);
    owner = openDatabase(store.ownerUrl);
  });
  after(async () => {
    await owner.close();
    await processor.stop();
    await store.close();
  });

  const rowCount = async () => (await owner.db.select({ rows: count() }).from(auditEvents))[0]?.rows ?? 0;
  const append = (...events: readonly AuditEvent[]) =>
    processor.database.db.transaction((transaction) => appendAudit(transaction, events));
  /** What somebody does who owns the database and wants to change the past; undone afterwards. */
  const tamper = async (statement: ReturnType<typeof sql>) => {
    const undo = new Error('undo');
    let report: AuditChainReport | undefined;
    await owner.db
      .transaction(async (transaction) => {
        await transaction.execute(sql`alter table audit_events disable trigger all`);
        await transaction.execute(statement);
        report = await verifyWhole(transaction);
        throw undo;
      })
      .catch((error: unknown) => assert.equal(error, undo));
    return report?.broken;
  };

  it('keeps what api-servers report, once', async () => {
    const event = newEvent({
      subject: 'zoë 🦜',
      addressBlock: '2001:db8::/64',
      requestId: 'request 1',
      data: { b: 1.5, a: 'text', Z: true, count: 1e21 },
    });
    for (const key of ['x', 'y', 'x']) await publish(processor.kafka, 'audit-events', key, event);
    const last = newEvent({ subject: 'last' });
    for (const key of ['x', 'y']) await publish(processor.kafka, 'audit-events', key, { ...last, id: randomUUID() });
    await until(
      async () => (await owner.db.select().from(auditEvents).where(eq(auditEvents.subject, 'last'))).length === 2,
    );
    const rows = await owner.db.select().from(auditEvents).where(eq(auditEvents.id, event.id));
    assert.equal(rows.length, 1);
    assert.partialDeepStrictEqual(rows[0], {
      at: new Date(event.at),
      kind: event.kind,
      subject: event.subject,
      addressBlock: event.addressBlock,
      requestId: event.requestId,
      data: event.data,
    });
  });

  it('is one chain, however many append at once', async () => {
    const before = await rowCount();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => append(...Array.from({ length: index % 4 }, () => newEvent()))),
    );
    const rows = await owner.db.select().from(auditEvents).orderBy(asc(auditEvents.sequence));
    assert.equal(rows.length, before + 60);
    assert.deepEqual(
      rows.map(({ sequence }) => sequence),
      rows.map((_, index) => index + 1),
    );
    assert.deepEqual(await verifyAuditChain(processor.database.db), {
      intactRows: rows.length,
      lastHash: rows.at(-1)?.hash,
    });
  });

  it('leaves no gap when a transaction fails', async () => {
    const before = await rowCount();
    const failing = processor.database.db.transaction(async (transaction) => {
      await appendAudit(transaction, [newEvent()]);
      throw new Error('after all not');
    });
    await assert.rejects(failing, { message: 'after all not' });
    await append(newEvent());
    assert.deepEqual((await verifyAuditChain(owner.db)).intactRows, before + 1);
  });

  it('passes over an event that is in it already, also within one batch', async () => {
    const [first, second] = [newEvent(), newEvent()];
    const before = await rowCount();
    await append(first);
    await append(first, second, second);
    assert.equal(await rowCount(), before + 2);
  });

  it('shows the first row that was changed or removed', async () => {
    await append(
      ...Array.from({ length: 5 }, () => newEvent({ addressBlock: '192.0.2.1', data: { limit: 'sign-in' } })),
    );
    const last = await rowCount();
    const at = last - 2;
    for (const change of [
      sql`kind = 'signin-succeeded'`,
      sql`subject = 'eve@example.com'`,
      sql`at = at + interval '1 ms'`,
      sql`id = gen_random_uuid()`,
      sql`address_block = null`,
      sql`request_id = ''`,
      sql`data = '{}'`,
      sql`hash = repeat('0', 64)`,
      sql`previous_hash = repeat('0', 64)`,
    ]) {
      assert.deepEqual(await tamper(sql`update audit_events set ${change} where sequence = ${at}`), {
        sequence: at,
        reason: 'altered',
      });
    }
    assert.deepEqual(await tamper(sql`delete from audit_events where sequence = ${at}`), {
      sequence: at,
      reason: 'missing',
    });
    assert.equal(await tamper(sql`update audit_events set kind = kind`), undefined);
  });

  it('shows a row that was replaced together with its hash', async () => {
    await append(newEvent(), newEvent(), newEvent());
    const at = (await rowCount()) - 1;
    const [row] = await owner.db.select().from(auditEvents).where(eq(auditEvents.sequence, at));
    assert.ok(row !== undefined);
    const forged = auditHash({ ...row, subject: 'eve@example.com' });
    assert.deepEqual(
      await tamper(sql`update audit_events set subject = 'eve@example.com', hash = ${forged} where sequence = ${at}`),
      { sequence: at + 1, reason: 'relinked' },
    );
  });

  it('is checked while the service runs, from where the last check ended', async () => {
    const alarms: string[] = [];
    const logger = createLogger({ level: 'error', destination: { write: (line) => void alarms.push(line) } });
    const metrics = createDbProcessorMetrics(createMetrics());
    const check = createAuditChainCheck({ database: processor.database.db, logger, metrics });
    const value = async (metric: 'auditIntact' | 'auditBroken') => (await metrics[metric].get()).values[0]?.value;
    const never = new AbortController().signal;
    // More than one page.
    await append(...Array.from({ length: 1_500 }, () => newEvent()));
    await check(never);
    const before = await rowCount();
    assert.deepEqual([await value('auditIntact'), await value('auditBroken')], [before, 0]);

    await append(newEvent(), newEvent());
    await owner.db.execute(sql`alter table audit_events disable trigger all`);
    await owner.db.execute(sql`update audit_events set kind = 'signin-succeeded' where sequence = ${before + 2}`);
    await owner.db.execute(sql`alter table audit_events enable trigger all`);
    await check(never);
    await check(never);
    assert.deepEqual([await value('auditIntact'), await value('auditBroken')], [before + 1, 1]);
    assert.equal(alarms.length, 1);
    assert.match(alarms[0] ?? '', /"reason":"altered"/);

    await owner.db.execute(sql`alter table audit_events disable trigger all`);
    await owner.db.execute(sql`update audit_events set kind = 'signin-throttled' where sequence = ${before + 2}`);
    await owner.db.execute(sql`alter table audit_events enable trigger all`);
  });

  it('sets aside what cannot be stored and goes on', async () => {
    const letters = (await processor.deadLetters('audit-events')).length;
    const good = newEvent({ subject: 'after the poison' });
    await processor.kafka.send(
      'audit-events',
      [newEvent({ subject: 'NUL \0' }), newEvent({ data: { text: '\0' } }), newEvent({ at: 9e15 }), good].map(
        (event) => ({
          key: 'x',
          value: JSON.stringify(event),
        }),
      ),
    );
    await until(
      async () => (await owner.db.select().from(auditEvents).where(eq(auditEvents.id, good.id))).length === 1,
    );
    await until(async () => (await processor.deadLetters('audit-events')).length === letters + 3);
    assert.equal((await verifyWhole(owner.db)).broken, undefined);
  });
});
