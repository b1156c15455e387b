import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultTerms } from '@repo/trading-core';
import type { CrashPoint, ReachPoint } from './crash-points.ts';
import { type EnginesUnderTest, type StartedEngine, startEnginesUnderTest } from './testing/engine-under-test.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** In the past, so that no command has expired by this clock. */
const MONDAY = Date.UTC(2026, 0, 5);
const FIRST_DAY = MONDAY / DAY_MS;
/** As forex has it: three days on Wednesday, none at the weekend. */
const terms = defaultTerms.map((one) =>
  one.asset === 'BTC_USDC' ? { ...one, swapSchedule: 'triple-wednesday' as const } : one,
);

describe('swaps across restarts', () => {
  let engines: EnginesUnderTest;
  let engine: StartedEngine;
  let now = MONDAY + 12 * HOUR_MS;
  let armed: CrashPoint | undefined;
  let reached = 0;
  const started: StartedEngine[] = [];
  const over = Promise.withResolvers<void>();
  /** Where the process dies: what comes after it has no connections any more. */
  const reachPoint: ReachPoint = (point) => {
    if (point !== armed) return undefined;
    reached += 1;
    return over.promise;
  };

  before(async () => {
    engines = await startEnginesUnderTest();
  });
  after(() => {
    over.resolve();
    return engines.close();
  });

  async function start(): Promise<void> {
    armed = undefined;
    reached = 0;
    engine = await engines.start({ reachPoint, now: () => now, terms });
    started.push(engine);
    const { lines } = engine;
    const open = () => new Set(lines.filter(({ msg }) => msg === 'the shard is open').map(({ shard }) => shard));
    await until('all shards', async () => open().size === 12);
  }
  /** Time goes by, to the hour of a day from Monday on, and the engine notices. */
  async function clock(day: number, hour: number): Promise<void> {
    now = MONDAY + day * DAY_MS + hour * HOUR_MS;
    await sleep(1_300);
  }
  async function crashAtEndOfDay(point: CrashPoint, day: number): Promise<void> {
    armed = point;
    now = MONDAY + (day + 1) * DAY_MS;
    await until('the end of the day in every shard', async () => reached >= 12);
    await engine.crash();
  }
  async function charged(): Promise<string[]> {
    const { rows } = await engines.owner.query<{ cause: string }>(
      `select cause from ledger_transactions where cause like 'swap:%' order by sequence, cause`,
    );
    return rows.map(({ cause }) => cause).sort();
  }

  it('are charged once a position and day, wherever the engine died and whatever its clock did', async (test) => {
    await start();
    await engines.price('SOL_USDC', '195.82', '195.83');
    await engines.price('BTC_USDC', '60000.0', '60000.1');
    const opened: { readonly shard: number; readonly positionId: number; readonly asset: string }[] = [];
    for (let index = 0; index < 6; index += 1) {
      const accountId = randomUUID();
      const opening = { userId: engines.userId, mode: 'hedging', profile: 'professional' } as const;
      await engines.ask(accountId, 'open-account', opening);
      await engines.ask(accountId, 'deposit', { amount: '100000' });
      for (const [asset, quantity] of [
        ['SOL_USDC', '100.00'],
        ['BTC_USDC', '0.10000'],
      ] as const) {
        const side = index % 2 === 0 ? 'buy' : 'sell';
        const order = { clientOrderId: asset, asset, side, orderType: 'market', quantity } as const;
        const { outcome } = await engines.ask(accountId, 'place-order', order);
        const event = outcome.type === 'accepted' && outcome.events.find(({ type }) => type === 'position-opened');
        assert.ok(event && 'fill' in event);
        const { rows } = await engines.owner.query('select shard from accounts where id = $1', [accountId]);
        opened.push({ shard: rows[0].shard, positionId: event.fill.positionId, asset });
      }
    }
    /** What is charged when so many days have ended, from Monday on. */
    const expected = (days: number) =>
      opened
        .flatMap(({ positionId, asset }) =>
          Array.from({ length: days }, (_, day) => day)
            .filter((day) => asset !== 'BTC_USDC' || day % 7 < 5)
            .map((day) => `swap:${positionId}:${FIRST_DAY + day}`),
        )
        .sort();

    // Monday's end: decided, not committed. The next engine's clock is an hour behind.
    await crashAtEndOfDay('before-commit', 0);
    assert.deepEqual(await charged(), []);
    now = MONDAY + 23 * HOUR_MS;
    await start();
    await sleep(1_300);
    assert.deepEqual(await charged(), [], 'the day has not ended by this clock');
    await clock(1, 0.5);
    assert.deepEqual(await charged(), expected(1));

    // Tuesday's end: committed, and told to nobody. Once more with the clock behind, and at the same moment.
    await crashAtEndOfDay('after-commit', 1);
    assert.deepEqual(await charged(), expected(2));
    for (const hour of [23, 24]) {
      now = MONDAY + DAY_MS + hour * HOUR_MS;
      await start();
      await sleep(1_300);
      assert.deepEqual(await charged(), expected(2));
      if (hour === 23) await engine.crash();
    }

    // Wednesday's end, by a clock that jumps an hour ahead, back, and comes to midnight again.
    await clock(2, 23.5);
    assert.deepEqual(await charged(), expected(2));
    for (const hour of [24.5, 23.5, 24, 24.1]) {
      await clock(2, hour);
      assert.deepEqual(await charged(), expected(3), `at ${hour}`);
    }

    // Nobody is there from Friday noon to Monday morning; then all of it at once, killed in the middle of it.
    await clock(4, 12);
    assert.deepEqual(await charged(), expected(4));
    await engine.service.stop();
    now = MONDAY + 7 * DAY_MS + 9 * HOUR_MS;
    armed = 'after-publish';
    engine = await engines.start({ reachPoint, now: () => now, terms });
    started.push(engine);
    await until('Monday', async () => (await charged()).length === expected(7).length);
    await engine.crash();
    await start();
    await clock(7, 10);
    assert.deepEqual(await charged(), expected(7));
    test.diagnostic(`${expected(7).length} swaps of ${opened.length} positions by ${started.length} engines`);

    for (const { positionId, shard, asset } of opened) {
      const { rows } = await engines.owner.query(
        `select (data ->> 'day')::int - $3::int as day, (data ->> 'days')::int as days, data ->> 'amount' as amount
         from trade_events where shard = $1 and type = 'swap-charged' and (data ->> 'positionId')::bigint = $2
         order by sequence`,
        [shard, positionId, FIRST_DAY],
      );
      const days = asset === 'BTC_USDC' ? [1, 1, 3, 1, 1] : [1, 1, 1, 1, 1, 1, 1];
      assert.deepEqual(
        rows.map((row) => row.days),
        days,
      );
      const total = rows.reduce((sum, { amount }) => sum + Number(amount), 0);
      const { rows: position } = await engines.owner.query('select swap from positions where shard = $1 and id = $2', [
        shard,
        positionId,
      ]);
      assert.equal(Number(position[0].swap), total);
    }
    const { rows } = await engines.owner.query(`select (select sum(amount)::text from ledger_entries) as ledger,
      (select count(*)::int from accounts a where balance <> (
        select sum(amount) from ledger_entries where account = 'client:' || a.id)) as unlike`);
    assert.deepEqual(rows, [{ ledger: '0', unlike: 0 }]);
    assert.deepEqual(
      started.flatMap(({ bugs }) => bugs),
      [],
    );
    // What the books would have refused as a duplicate shows here.
    const refused = started.flatMap(({ lines }) => lines.filter(({ msg }) => msg.includes('was not committed')));
    assert.deepEqual(refused, []);
  });
});

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; ) {
    if (await ask()) return;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
