import { parseArgs } from 'node:util';
import { type Figure, quantile, report } from '../report.ts';
import type { OrderLoadResult } from './order-load.ts';
import { signUpTraders, untilPriced } from './sign-up-traders.ts';
import { startOrderLoad } from './start-order-load.ts';
import { type Profile, profiles, startProfile } from './start-profile.ts';

// Market orders over HTTP, each timed from the moment it was due until its answer was read: 201 with the fill, which is
// said after the commit. Standalone is every service in one process and the load in another; distributed is each service
// in a process of its own, with Kafka, Redis and PostgreSQL beside them on the same machine.

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'standalone' },
    rates: { type: 'string', default: '100,1000,5000' },
    seconds: { type: 'string', default: '8' },
    traders: { type: 'string', default: '150' },
  },
});
const profile = profiles.find((one) => one === values.profile);
if (profile === undefined) throw new Error(`no profile ${values.profile}; there are ${profiles.join(', ')}`);
const rates = values.rates.split(',').map(Number);
const seconds = Number(values.seconds);
const WARM_UP = { perSecond: 200, seconds: 4 };
const JUDGED_RATE = 1_000;
const P99_GOAL_MS: Readonly<Record<Profile, number>> = { standalone: 10, distributed: 25 };
/** Sustained: so many of the orders that were due each second were filled within that second. */
const SUSTAINED_SHARE = 0.98;

const figures: Figure[] = [];
const started = await startProfile(profile);
const { stack } = started;
const load = startOrderLoad();
try {
  const traders = await signUpTraders(stack, Number(values.traders));
  for (const trader of traders.slice(0, 1)) await untilPriced(trader, 'SOL_USDC');
  const target = { httpUrl: stack.httpUrl, cookies: traders.map(({ cookie }) => cookie) };
  await load.run({ ...target, ...WARM_UP });
  for (const perSecond of rates) {
    add(perSecond, await load.run({ ...target, seconds, perSecond }));
  }
  const flatOut = await load.run({ ...target, seconds });
  figures.push({ what: 'flat out, 64 at once: filled', value: flatOut.filledPerSecond, unit: '/s' });
  figures.push({ what: 'flat out, 64 at once: p50', value: quantile(flatOut.times, 0.5), unit: 'ms' });
  addOthers('flat out, 64 at once', flatOut);
} finally {
  load.stop();
  await started.stop();
}
report(`Order acknowledged, ${profile}: ${seconds} s at each rate, ${values.traders} accounts`, figures);

function add(perSecond: number, result: OrderLoadResult): void {
  const at = `${perSecond.toLocaleString('en-US')} orders/s`;
  const isJudged = perSecond === JUDGED_RATE;
  figures.push(
    { what: `${at}: p50`, value: quantile(result.times, 0.5), unit: 'ms' },
    {
      what: `${at}: p99`,
      value: quantile(result.times, 0.99),
      unit: 'ms',
      ...(isJudged && { limit: { name: 'goal', value: P99_GOAL_MS[profile as Profile] } }),
    },
    {
      what: `${at}: filled`,
      value: result.filledPerSecond,
      unit: '/s',
      limit: {
        name: result.filledPerSecond >= SUSTAINED_SHARE * perSecond ? 'sustained,' : 'not sustained,',
        value: perSecond,
      },
    },
  );
  addOthers(at, result);
}

function addOthers(at: string, { others }: OrderLoadResult): void {
  for (const [what, count] of Object.entries(others)) {
    figures.push({ what: `${at}: answered ${what}`, value: count, unit: 'orders' });
  }
}
