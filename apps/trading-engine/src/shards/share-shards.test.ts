import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fairShare } from './share-shards.ts';

describe('fairShare', () => {
  it('gives all to one, and nothing to one whom the others do not see', () => {
    assert.equal(fairShare(['a'], 'a', 12), 12);
    assert.equal(fairShare(['a'], 'b', 12), 0);
    assert.equal(fairShare([], 'a', 12), 0);
  });

  it('gives away every shard once, evenly, in whatever order the engines are seen', () => {
    for (let count = 1; count <= 15; count += 1) {
      const engines = Array.from({ length: count }, (_, index) => `engine-${index}`);
      const shares = engines.map((me) => fairShare(engines, me, 12));
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        12,
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, shares.join(' '));
      assert.deepEqual(
        engines.map((me) => fairShare(engines.toReversed(), me, 12)),
        shares,
      );
    }
  });
});
