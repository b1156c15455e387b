import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { longMs, until } from './contract/helpers.ts';
import { TtlMap } from './ttl-map.ts';

describe('TtlMap', () => {
  it('never holds more than it may, and holds what was written last', () => {
    const writes = fc.array(fc.record({ key: fc.nat({ max: 30 }).map(String), drop: fc.boolean() }), {
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), writes, (entriesMax, steps) => {
        const map = new TtlMap<number>(entriesMax);
        /** Oldest write first. */
        let model: { key: string; value: number }[] = [];
        steps.forEach(({ key, drop }, value) => {
          model = model.filter((entry) => entry.key !== key);
          if (drop) map.delete(key);
          else {
            map.set(key, value, longMs);
            model = [...model, { key, value }].slice(-entriesMax);
          }
          assert.equal(map.size, model.length);
        });
        for (const { key, value } of model) assert.equal(map.get(key), value);
      }),
    );
  });

  it('gives nothing that has expired', async () => {
    const map = new TtlMap<string>(10);
    map.set('brief', '', 20);
    map.set('long', 'kept', longMs);
    await until('it to expire', async () => map.get('brief') === undefined);
    assert.equal(map.ttlMs('brief'), 0);
    assert.equal(map.get('long'), 'kept');
    assert.ok(map.ttlMs('long') > 0 && map.ttlMs('long') <= longMs);
  });

  it('reclaims what has expired though nobody asks for it, sweep after sweep', async () => {
    const map = new TtlMap<string>(50_000);
    const stop = map.sweepEvery(1);
    map.set('long', 'kept', longMs);
    for (let round = 0; round < 3; round += 1) {
      for (let key = 0; key < 12_000; key += 1) map.set(`${round} ${key}`, '', 20);
      await until('only the other to be left', async () => map.size === 1);
    }
    assert.equal(map.get('long'), 'kept');
    stop();
    map.set('brief', '', 1);
    await until('it to expire', async () => map.get('brief') === undefined);
    assert.equal(map.size, 2, 'nothing sweeps any more');
  });

  it('changes a value without giving it more time', async () => {
    const map = new TtlMap<number>(10);
    map.set('key', 0, 50);
    let value = 0;
    await until('it to expire', async () => {
      value += 1;
      map.update('key', value);
      return map.get('key') === undefined;
    });
    assert.ok(value > 0);
    map.update('key', 1);
    assert.equal(map.get('key'), undefined);
    assert.equal(map.ttlMs('key'), 0);
  });
});
