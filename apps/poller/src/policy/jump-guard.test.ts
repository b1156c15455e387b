import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JumpGuard } from './jump-guard.ts';

function settled(mid = 100): JumpGuard {
  const guard = new JumpGuard();
  for (let atMs = 0; atMs < 5_000; atMs += 50) assert.ok(guard.accepts(mid, atMs));
  return guard;
}

test('3 % from the median passes, more does not', () => {
  assert.equal(settled().accepts(103, 5_000), true);
  assert.equal(settled().accepts(97, 5_000), true);
  assert.equal(settled().accepts(103.01, 5_000), false);
  assert.equal(settled().accepts(96.99, 5_000), false);
});

test('a spike is refused and leaves no trace', () => {
  const guard = settled();
  assert.equal(guard.accepts(150, 5_000), false);
  assert.equal(guard.accepts(100, 5_010), true);
  // The next spike starts its own count.
  assert.equal(guard.accepts(150, 5_020), false);
  assert.equal(guard.accepts(150, 5_030), false);
  assert.equal(guard.accepts(100, 5_040), true);
});

test('a jump that two more quotes agree with is believed, and is the level from there', () => {
  const guard = settled();
  assert.equal(guard.accepts(110, 5_000), false);
  assert.equal(guard.accepts(110.2, 5_010), false);
  assert.equal(guard.accepts(110.1, 5_020), true);
  assert.equal(guard.accepts(110.3, 5_030), true);
  assert.equal(guard.accepts(100, 5_040), false);
});

test('wild quotes that do not agree confirm nothing', () => {
  const guard = settled();
  for (const [index, mid] of [150, 60, 150, 60, 210, 30].entries()) {
    assert.equal(guard.accepts(mid, 5_000 + index), false);
  }
});

test('a witness that says the same confirms at once; an old or another word does not', () => {
  const agreeing = settled();
  agreeing.witness(110.5, 4_000);
  assert.equal(agreeing.accepts(110, 5_000), true);
  const old = settled();
  old.witness(110.5, -1);
  assert.equal(old.accepts(110, 5_000), false);
  const contradicting = settled();
  contradicting.witness(100, 5_000);
  assert.equal(contradicting.accepts(110, 5_000), false);
});

test('after a silence the last price is the measure, and a quiet market can still confirm', () => {
  const guard = settled();
  assert.equal(guard.accepts(110, 60_000), false);
  assert.equal(guard.accepts(110, 70_000), false);
  assert.equal(guard.accepts(110, 80_000), true);
});

test('a market that moves fast but steadily is never stopped for good', () => {
  const guard = settled();
  let refused = 0;
  let mid = 100;
  // A crash of 40 % within ten seconds, ten quotes a second.
  for (let step = 1; step <= 100; step += 1) {
    mid *= 0.6 ** (1 / 100);
    refused = guard.accepts(mid, 5_000 + step * 100) ? 0 : refused + 1;
    assert.ok(refused <= 2, `refused ${refused} in a row at ${mid}`);
  }
});

test('no run of quotes near one level is refused for longer than the confirmation takes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { maxLength: 30 }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      (before, level) => {
        const guard = new JumpGuard();
        for (const [index, mid] of before.entries()) guard.accepts(mid, index * 100);
        const verdicts = [1, 1.001, 0.999, 1].map((part, index) =>
          guard.accepts(level * part, before.length * 100 + index * 10),
        );
        assert.equal(verdicts.at(2), true);
        assert.equal(verdicts.at(3), true);
      },
    ),
  );
});
