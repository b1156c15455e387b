import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { messageBytes } from '../message-bytes.ts';
import { PartitionLog } from './partition-log.ts';

describe('PartitionLog', () => {
  it('keeps the newest records within both bounds, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 40 }), { maxLength: 200, size: 'max' }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 50, max: 400 }),
        (sizes, recordsMax, bytesMax) => {
          const log = new PartitionLog('topic', 0, { recordsMax, bytesMax });
          const model: { offset: number; value: string }[] = [];
          sizes.forEach((size, offset) => {
            const value = String(offset).padEnd(size, '.');
            const message = { key: '', value };
            log.append(message, messageBytes(message), 0);
            model.push({ offset, value });
            while (model.length > recordsMax || sum(model) > bytesMax) model.shift();
            assert.equal(log.endOffset, offset + 1);
            assert.equal(log.firstOffset, model[0]?.offset ?? offset + 1);
          });
          const kept = log.read(0, 1_000).map(({ offset, value }) => ({ offset, value }));
          assert.deepEqual(kept, model);
        },
      ),
    );
  });

  it('keeps right through thousands of forgotten records', () => {
    const log = new PartitionLog('topic', 3, { recordsMax: 10, bytesMax: 1_000 });
    for (let offset = 0; offset < 5_000; offset += 1) {
      log.append({ key: 'key', value: String(offset) }, 4, offset);
      const first = Math.max(0, offset - 9);
      assert.equal(log.firstOffset, first);
      assert.deepEqual(
        log.read(0, 1).map((record) => [record.offset, record.value, record.timestamp]),
        [[first, String(first), first]],
      );
    }
    assert.deepEqual(
      log.read(4_998, 100).map(({ value }) => value),
      ['4998', '4999'],
    );
    assert.deepEqual(log.read(5_000, 100), []);
  });

  it('counts UTF-8 bytes of key, value and headers', () => {
    assert.equal(messageBytes({ key: 'é', value: '🎯', headers: { a: 'bc' } }), 2 + 4 + 3);
  });

  it('gives each reader records of its own', () => {
    const log = new PartitionLog('topic', 0, { recordsMax: 10, bytesMax: 1_000 });
    log.append({ key: 'key', value: 'value', headers: { name: 'kept' } }, 10, 0);
    const [record] = log.read(0, 1);
    Object.assign(record ?? {}, { value: 'changed' });
    assert.throws(() => Object.assign(record?.headers ?? {}, { name: 'changed' }), TypeError);
    assert.equal(log.read(0, 1)[0]?.value, 'value');
  });
});

const sum = (records: readonly { value: string }[]): number =>
  records.reduce((total, { value }) => total + value.length, 0);
