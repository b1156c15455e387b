import assert from 'node:assert/strict';
import { it } from 'node:test';
import { topics } from '@repo/schemas';
import { createEmbeddedKafka } from './embedded/create-embedded-kafka.ts';
import { ensureTopics } from './publisher.ts';

it('creates every topic of the schemas with its partitions, and a dead-letter topic for each', async () => {
  const kafka = createEmbeddedKafka();
  await ensureTopics(kafka);
  for (const [name, { partitions }] of Object.entries(topics)) {
    assert.equal((await kafka.endOffsets(name)).length, partitions, name);
    assert.equal((await kafka.endOffsets(`${name}.dead-letter`)).length, 1, name);
  }
  await kafka.close();
});
