import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEmbeddedKafka, ensureTopics } from '@repo/kafka';
import { type AuditEvent, AuditEventSchema } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { AuditLog } from '../audit/audit-log.ts';
import { connectRaw } from './testing/raw-client.ts';
import { startTestHub } from './testing/start-test-hub.ts';
import { createUpgradeAudit } from './upgrade-audit.ts';

describe('the audit of upgrades', () => {
  it('has the first refusal of each kind, and nothing of what went well', async () => {
    const kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    const events: AuditEvent[] = [];
    const consumer = kafka.consume({
      groupId: 'test',
      topics: ['audit-events'],
      from: 'earliest',
      onBatch: async (records) => {
        for (const { value } of records) events.push(AuditEventSchema.parse(JSON.parse(value)));
      },
    });
    const audit = new AuditLog({ kafka, logger: createLogger({ level: 'silent' }), metrics: createMetrics() });
    const hub = await startTestHub({
      settings: { connectionsPerAddressMax: 1 },
      onRefused: createUpgradeAudit({ audit, addressBlock: () => '192.0.2.1' }),
    });
    const origin = 'https://evil.example';
    const statuses: number[] = [];
    for (const headers of [{}, { Origin: origin }, { Origin: origin }, {}, {}, { 'Sec-WebSocket-Key': 'x' }]) {
      const client = await connectRaw(hub.port, { headers });
      statuses.push(client.status);
    }
    assert.deepEqual(statuses, [101, 403, 403, 429, 429, 429]);
    while (events.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await hub.close();
    await consumer.close();
    await kafka.close();
    const told = new Set(events.map(({ kind, subject, data }) => ({ kind, subject, data })));
    const subject = '192.0.2.1';
    assert.deepEqual(
      told,
      new Set([
        { kind: 'limit-reached', subject, data: { limit: 'websocket-connections' } },
        { kind: 'origin-refused', subject, data: { origin } },
      ]),
    );
  });
});
