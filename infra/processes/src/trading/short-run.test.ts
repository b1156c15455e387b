import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Prng } from '@repo/testing/prng';
import { seedOf } from '../faults/seed-of.ts';
import { fallThroughGap } from './crowd.ts';
import { feedTroubles } from './feed-troubles.ts';
import { sentenceOf } from './finding.ts';
import { standaloneTroubles } from './standalone-troubles.ts';
import { type CrashPoint, openStandaloneVenue, type StandaloneVenue } from './standalone-venue.ts';
import { TradingRun } from './trading-run.ts';

const seed = seedOf(process.env.TRADING_SEED ?? '1');
const CROWD = 500;
const points: readonly CrashPoint[] = ['before-commit', 'after-commit', 'after-answer', 'after-publish'];

let venue: StandaloneVenue;
let run: TradingRun;

before(
  async () => {
    venue = await openStandaloneVenue(new Prng(seed));
    run = await TradingRun.start({ name: 'short', seed, venue, pauseMs: 100 });
  },
  { timeout: 120_000 },
);
after(async () => {
  await run?.stop();
  await venue?.stop();
});

it('an engine that dies at each point of its work, and anywhere', async () => {
  for (const point of [...points, undefined]) {
    await run.inflict({ name: `engine killed ${point ?? 'anywhere'}`, inflict: () => venue.killEngine(point) });
  }
});

it('the log and connections to the database are lost', async () => {
  for (const trouble of standaloneTroubles(venue)) await run.inflict(trouble);
});

it('the feed misbehaves', async () => {
  for (const trouble of feedTroubles(venue.market)) await run.inflict(trouble);
});

it(`a gap of 30 % under ${CROWD} leveraged accounts`, async (test) => {
  const { findings, lastMs, stoppedOut, writtenOff } = await fallThroughGap(run, CROWD);
  test.diagnostic(`${stoppedOut} closed, the last ${lastMs} ms after the quote; ${writtenOff} written off`);
  assert.deepEqual(findings.slice(0, 5).map(sentenceOf), []);
  await delay(1_000);
});

it('keeps every promise: the audit finds nothing', async (test) => {
  const findings = await run.audit();
  test.diagnostic(`seed ${seed}: ${JSON.stringify(run.counts)}`);
  for (const { fault, servedMs } of run.recoveries) test.diagnostic(`${fault}: served after ${servedMs} ms`);
  assert.deepEqual(findings.slice(0, 5).map(sentenceOf), [], `${findings.length} findings; TRADING_SEED=${seed}`);
  assert.deepEqual(venue.bugs, []);
  assert.ok((run.counts?.['position-opened'] ?? 0) > CROWD + 100, 'a run that opens few positions proves little');
});
