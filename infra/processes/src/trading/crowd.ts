import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { followTopic, publish } from '@repo/kafka';
import type { TradeAnswer, TradeCommand, TradeCommandType } from '@repo/schemas';
import type { Finding } from './finding.ts';
import type { TradingRun } from './trading-run.ts';
import { ticksOf } from './units.ts';

const SOL = 'SOL_USDC';
const PATIENCE_MS = 60_000;
const STOP_OUT_MS_MAX = 1_000;
const DEPOSIT = 1_000;
/** Of what the margin would carry. */
const USED = 0.9;
const LEVERAGE = 20;
/** Of the price that is left by the gap. */
const GAP = 0.7;

type DataOf<T extends TradeCommandType> = Extract<TradeCommand, { type: T }>['data'];

export interface GapResult {
  readonly findings: readonly Finding[];
  /** From the quote after the gap to the last stop-out told, ms. */
  readonly lastMs: number;
  readonly stoppedOut: number;
  readonly writtenOff: number;
}

/**
 * Opens accounts that hold as much as they can carry, through the log as an api-server would, and lets the price fall by
 * 30 % at once: 7, all are closed within a second of the quote, at its price, and owe nothing.
 */
export async function fallThroughGap(run: TradingRun, size: number): Promise<GapResult> {
  const { market, pool } = run.venue;
  const { rows } = await pool.query('select user_id from accounts where id = $1', [run.accounts[0]]);
  const asker = await openAsker(run);
  const accounts = Array.from({ length: size }, () => randomUUID());
  try {
    const quantity = ((DEPOSIT * LEVERAGE * USED) / market.mid(SOL)).toFixed(2);
    await Promise.all(
      accounts.map(async (id, index) => {
        await asker.ask(id, 'open-account', { userId: rows[0].user_id, mode: 'hedging', profile: 'professional' });
        await asker.ask(id, 'deposit', { amount: String(DEPOSIT) });
        // Half of them have a stop loss: it is filled at the price after the gap too.
        const stopLoss = (market.mid(SOL) * 0.9).toFixed(2);
        const order = { clientOrderId: 'gap', asset: SOL, side: 'buy', orderType: 'market', quantity } as const;
        await asker.ask(id, 'place-order', { ...order, ...(index % 2 === 0 && { stopLoss }) });
      }),
    );
  } finally {
    await asker.close();
  }

  const before = market.mid(SOL);
  const from = run.events.length;
  market.jump(SOL, GAP);
  const flat = new Set<string>();
  const isOf = new Set<string>(accounts);
  for (const deadline = performance.now() + PATIENCE_MS; flat.size < size; await delay(20)) {
    for (const { event } of run.events.slice(from)) {
      if (event.type === 'position-closed' && isOf.has(event.accountId ?? '')) flat.add(event.accountId ?? '');
    }
    if (performance.now() > deadline) {
      return {
        findings: [{ invariant: 7, what: `${size - flat.size} of ${size} are not closed` }],
        lastMs: NaN,
        stoppedOut: flat.size,
        writtenOff: 0,
      };
    }
  }
  // Write-offs are told with the fills they follow.
  await delay(200);
  return judge(run, isOf, { from, levelMax: (before * (1 + GAP)) / 2 });
}

async function judge(
  run: TradingRun,
  accounts: ReadonlySet<string>,
  gap: { from: number; levelMax: number },
): Promise<GapResult> {
  const findings: Finding[] = [];
  const report = (what: string, rows: unknown) => findings.push({ invariant: 7, what, rows });
  const levelMax = ticksOf(SOL, gap.levelMax.toFixed(2));
  let lastMs = 0;
  let stoppedOut = 0;
  let writtenOff = 0;
  for (const { event, atMs } of run.events.slice(gap.from)) {
    if (!accounts.has(event.accountId ?? '')) continue;
    if (event.data.type === 'negative-balance-written-off') writtenOff += 1;
    if (event.data.type !== 'position-closed') continue;
    const { fill } = event.data;
    stoppedOut += 1;
    if (BigInt(fill.price) > levelMax || fill.price !== fill.quote.bid)
      report('not filled at the price of the gap', event);
    const quotedAtMs = run.quotesAtMs.get(`${SOL} ${fill.quote.sequence}`) ?? Number.NaN;
    lastMs = Math.max(lastMs, atMs - quotedAtMs);
  }
  if (!(lastMs <= STOP_OUT_MS_MAX)) report(`the last was closed ${Math.round(lastMs)} ms after the quote`, {});
  const { rows } = await run.venue.pool.query(
    `select id, balance from accounts a where id = any($1::uuid[])
      and (balance <> 0 or exists (select from positions where account_id = a.id and quantity > 0))`,
    [[...accounts]],
  );
  for (const row of rows) report('an account that is not flat and at zero', row);
  return { findings, lastMs: Math.round(lastMs), stoppedOut, writtenOff };
}

async function openAsker({ venue: { kafka } }: TradingRun) {
  const waiting = new Map<string, (answer: TradeAnswer) => void>();
  const follower = followTopic(kafka, {
    topic: 'trade-answers',
    onMessages: (messages) => {
      for (const { message } of messages) waiting.get(message.commandId)?.(message);
    },
  });
  await follower.ready;
  return {
    close: () => follower.close(),
    async ask<T extends TradeCommandType>(accountId: string, type: T, data: DataOf<T>): Promise<void> {
      const commandId = randomUUID();
      const answer = Promise.withResolvers<TradeAnswer>();
      waiting.set(commandId, answer.resolve);
      const at = Date.now();
      const envelope = { id: randomUUID(), at, commandId, accountId, replyTo: 'crowd', expiresAt: at + PATIENCE_MS };
      await publish(kafka, 'trade-commands', accountId, { ...envelope, type, data } as TradeCommand);
      const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => undefined);
      const { outcome } = (await Promise.race([answer.promise, late])) ?? {};
      waiting.delete(commandId);
      if (outcome?.type !== 'accepted') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
    },
  };
}
