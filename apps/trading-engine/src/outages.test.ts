import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DatabaseUnavailableError } from '@repo/db';
import { KafkaUnavailableError } from '@repo/kafka';
import { createLogger } from '@repo/service';
import { Outages } from './outages.ts';

it('tells of each outage once when it begins and once when it is over', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  });
  const outages = new Outages(logger);
  outages.over('PostgreSQL');
  for (let shard = 0; shard < 12; shard += 1) assert.ok(outages.notice(new DatabaseUnavailableError('away')));
  assert.ok(outages.notice(new KafkaUnavailableError('away')));
  assert.equal(outages.notice(new RangeError('a bug')), false);
  outages.over('PostgreSQL');
  outages.over('PostgreSQL');
  assert.ok(outages.notice(new DatabaseUnavailableError('away again')));
  assert.deepEqual(lines, ['PostgreSQL is away', 'Kafka is away', 'PostgreSQL answers again', 'PostgreSQL is away']);
});
