import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Prng } from '@repo/testing/prng';
import { seedOf } from '../faults/seed-of.ts';
import { type ClusterVenue, openClusterVenue } from './cluster-venue.ts';
import { fallThroughGap } from './crowd.ts';
import { sentenceOf } from './finding.ts';
import { TradingRun } from './trading-run.ts';

const CROWD = 500;
const seed = seedOf(process.env.TRADING_SEED);

let venue: ClusterVenue;
let run: TradingRun;

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
before(async () => {
  venue = await openClusterVenue({ name: 'gap', random: new Prng(seed), withLinks: false });
  run = await TradingRun.start({ name: 'gap', seed, venue, pauseMs: 100 });
});
after(async () => {
  await run?.stop();
  await venue?.stop();
});

it(`a gap of 30 % under ${CROWD} leveraged accounts, through two engines`, async (test) => {
  const { findings, lastMs, stoppedOut, writtenOff } = await fallThroughGap(run, CROWD);
  test.diagnostic(`${stoppedOut} closed, the last ${lastMs} ms after the quote; ${writtenOff} written off`);
  assert.deepEqual(findings.slice(0, 5).map(sentenceOf), []);
});

it('keeps every promise: the audit finds nothing', async (test) => {
  const findings = await run.audit();
  test.diagnostic(`seed ${seed}: ${JSON.stringify(run.counts)}`);
  assert.deepEqual(findings.slice(0, 5).map(sentenceOf), [], `${findings.length} findings; TRADING_SEED=${seed}`);
});
