import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import type { OtpConsumption, OtpStore } from '../port.ts';
import { longMs, newName, until } from './helpers.ts';

const limits = { attemptsMax: 5, attemptsWindowMs: longMs };
const hash = (code: string): string => createHmac('sha256', 'a secret of the test').update(code).digest('hex');
const [right, wrong] = [hash('123456'), hash('654321')];
const incorrect = (attemptsLeft: number): OtpConsumption => ({ outcome: 'incorrect', attemptsLeft });

/** One-time codes. */
export function otpCases(otps: () => OtpStore): void {
  async function pending(ttlMs = longMs): Promise<string> {
    const email = `${newName()}@example.com`;
    await otps().put('signup', email, { codeHash: right, payload: 'sealed' }, ttlMs);
    return email;
  }
  const consume = (email: string, codeHash: string, given = limits) => otps().consume('signup', email, codeHash, given);
  const times = <T>(count: number, act: () => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, act));

  it('opens what is pending with its code, once', async () => {
    const email = await pending();
    assert.deepEqual(await consume(email, right), { outcome: 'matched', payload: 'sealed' });
    assert.equal(await otps().get('signup', email), undefined);
    assert.deepEqual(await consume(email, right), incorrect(4));
  });

  it('tells what is pending, payload and all, until it is replaced', async () => {
    const email = await pending();
    assert.deepEqual(await otps().get('signup', email), { codeHash: right, payload: 'sealed' });
    const next = { codeHash: wrong, payload: 'ünïcode "✓"\n\u0000' };
    await otps().put('signup', email, next, longMs);
    assert.deepEqual(await otps().get('signup', email), next);
    assert.deepEqual(await consume(email, right), incorrect(4), 'the replaced code is worth nothing');
    assert.deepEqual(await consume(email, wrong), { outcome: 'matched', payload: next.payload });
    assert.equal(await otps().get('signup', `${newName()}@example.com`), undefined);
  });

  it('matches exactly one of 100 correct codes at once', async () => {
    const email = await pending();
    const outcomes = (await times(100, () => consume(email, right))).map(({ outcome }) => outcome);
    assert.equal(outcomes.filter((outcome) => outcome === 'matched').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === 'incorrect').length, 5);
    assert.equal(outcomes.filter((outcome) => outcome === 'exhausted').length, 94);
  });

  it('compares at most 5 of 200 wrong codes at once, and then not even the right one', async () => {
    const email = await pending();
    const outcomes = (await times(200, () => consume(email, wrong))).map(({ outcome }) => outcome);
    assert.equal(outcomes.filter((outcome) => outcome === 'incorrect').length, 5);
    assert.equal(outcomes.filter((outcome) => outcome === 'exhausted').length, 195);
    assert.equal((await consume(email, right)).outcome, 'exhausted');
    assert.notEqual(await otps().get('signup', email), undefined);
  });

  it('counts down the tries, and tells how long the window still is', async () => {
    const email = await pending();
    for (const left of [4, 3, 2, 1, 0]) assert.deepEqual(await consume(email, wrong), incorrect(left));
    const exhausted = await consume(email, wrong);
    assert.ok(exhausted.outcome === 'exhausted');
    assert.ok(exhausted.retryAfterMs > 0 && exhausted.retryAfterMs <= longMs, `${exhausted.retryAfterMs} ms`);
  });

  it('keeps the count through a new code', async () => {
    const email = await pending();
    for (let attempt = 0; attempt < 4; attempt += 1) await consume(email, wrong);
    await otps().put('signup', email, { codeHash: hash('111111'), payload: 'newer' }, longMs);
    assert.deepEqual(await consume(email, wrong), incorrect(0));
    await otps().put('signup', email, { codeHash: right, payload: 'newest' }, longMs);
    assert.equal((await consume(email, right)).outcome, 'exhausted');
  });

  it('clears the count with a match', async () => {
    const email = await pending();
    for (let attempt = 0; attempt < 4; attempt += 1) await consume(email, wrong);
    assert.equal((await consume(email, right)).outcome, 'matched');
    await otps().put('signup', email, { codeHash: right, payload: 'again' }, longMs);
    assert.deepEqual(await consume(email, wrong), incorrect(4));
  });

  it('answers alike where nothing is pending, and counts there too', async () => {
    const email = `${newName()}@example.com`;
    for (const left of [4, 3, 2, 1, 0]) assert.deepEqual(await consume(email, right), incorrect(left));
    assert.equal((await consume(email, right)).outcome, 'exhausted');
    await otps().put('signup', email, { codeHash: right, payload: 'sealed' }, longMs);
    assert.equal((await consume(email, right)).outcome, 'exhausted');
  });

  it('opens a decoy with no code', async () => {
    const email = `${newName()}@example.com`;
    await otps().put('signup', email, { codeHash: null, payload: 'decoy' }, longMs);
    assert.deepEqual(await otps().get('signup', email), { codeHash: null, payload: 'decoy' });
    for (const [index, code] of ['', 'null', hash(''), right].entries()) {
      assert.deepEqual(await consume(email, code), incorrect(4 - index));
    }
    assert.notEqual(await otps().get('signup', email), undefined);
  });

  it('takes no code of another length, case or address', async () => {
    const email = await pending();
    const other = await pending();
    for (const [index, code] of [right.slice(1), `${right}0`, right.toUpperCase(), ''].entries()) {
      assert.deepEqual(await consume(email, code), incorrect(4 - index));
    }
    await otps().put('signup', other, { codeHash: wrong, payload: 'of another' }, longMs);
    assert.deepEqual(await consume(other, right), incorrect(4));
    assert.equal((await consume(email, right)).outcome, 'matched');
    assert.deepEqual(await consume(other, wrong), { outcome: 'matched', payload: 'of another' });
  });

  it('keeps apart addresses made of separators', async () => {
    const name = newName();
    const twins = [name, `${name}:`, `:${name}`, `${name}::signup`, `signup:${name}`, `${name}:attempts`, `{${name}}`];
    for (const email of twins) await otps().put('signup', email, { codeHash: hash(email), payload: email }, longMs);
    for (const email of twins) {
      assert.deepEqual(await consume(email, hash(email)), { outcome: 'matched', payload: email });
    }
  });

  it('forgets a code when its time is over', async () => {
    const email = await pending(100);
    await until('the code to expire', async () => (await otps().get('signup', email)) === undefined);
    assert.equal((await consume(email, right)).outcome, 'incorrect');
  });

  it('gives a new code its own time', async () => {
    const email = await pending(100);
    const witness = await pending(100);
    await otps().put('signup', email, { codeHash: right, payload: 'longer' }, longMs);
    await until('the first time to pass', async () => (await otps().get('signup', witness)) === undefined);
    assert.equal((await consume(email, right)).outcome, 'matched');
  });

  it('compares again when the window of the tries is over', async () => {
    const email = await pending();
    const short = { attemptsMax: 2, attemptsWindowMs: 300 };
    for (let attempt = 0; attempt < 2; attempt += 1) await consume(email, wrong, short);
    let longestMs = 0;
    await until('the window to end', async () => {
      const tried = await consume(email, right, short);
      if (tried.outcome === 'exhausted') longestMs = Math.max(longestMs, tried.retryAfterMs);
      return tried.outcome === 'matched';
    });
    assert.ok(longestMs <= 300, `${longestMs} ms`);
  });

  it('does not prolong the window with each try', async () => {
    const email = await pending();
    const many = { attemptsMax: 1_000_000, attemptsWindowMs: 200 };
    const first = await consume(email, wrong, many);
    assert.deepEqual(first, incorrect(999_999));
    await until('the count to begin anew', async () => {
      const tried = await consume(email, wrong, many);
      return tried.outcome === 'incorrect' && tried.attemptsLeft === 999_999;
    });
  });
}
