import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { murmur2, partitionOfKey } from './murmur2.ts';

describe('murmur2', () => {
  it("gives the hashes of Kafka's own UtilsTest", () => {
    const hashes = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    };
    for (const [key, hash] of Object.entries(hashes)) assert.equal(murmur2(Buffer.from(key)), hash, key);
  });

  it('puts every key into a partition that exists', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
        const partition = partitionOfKey(key, partitions);
        assert.ok(Number.isInteger(partition) && partition >= 0 && partition < partitions);
      }),
    );
  });
});
