import { type Quote, type QuoteStatus, ticks } from '@repo/trading-core';
import type { WorkloadInstrument } from './instruments.ts';
import { priceAtMarginLevel } from './price-at-margin-level.ts';
import type { Scene } from './scene.ts';

/** The next quote of some instrument; one in fifty is not as it should be. */
export function makeQuote(scene: Scene): Quote {
  const { random } = scene;
  const instrument = random.pick(scene.instruments);
  const last = scene.quotes.get(instrument.terms.asset);
  const quote = soundQuote(scene, instrument, last);
  return random.chance(0.02) ? unsoundQuote(scene, quote, last) : quote;
}

function soundQuote(scene: Scene, { terms, mid }: WorkloadInstrument, last: Quote | undefined): Quote {
  const { random } = scene;
  const spread = random.chance(0.1) ? 0 : random.between(1, random.chance(0.05) ? 40 : 4);
  const bid = last === undefined ? mid : nextBid(scene, terms.asset, mid, last, spread);
  const room = { low: terms.priceMin, high: terms.priceMax - spread };
  const within = Math.min(Math.max(bid, room.low), room.high);
  return {
    asset: terms.asset,
    bid: ticks(within),
    ask: ticks(within + spread),
    sequence: (last?.sequence ?? 0) + random.between(1, 3),
    at: scene.at - random.between(0, 50),
    source: 'workload',
    status: nextStatus(scene, last),
  };
}

function nextStatus({ random, mood }: Scene, last: Quote | undefined): QuoteStatus {
  const isLive = last === undefined || last.status === 'live';
  if (isLive) return random.chance(mood.outage) ? random.pick(['stale', 'down'] as const) : 'live';
  return random.chance(0.1) ? 'live' : random.pick(['stale', 'down'] as const);
}

function nextBid(scene: Scene, asset: string, mid: number, last: Quote, spread: number): number {
  const { random, mood } = scene;
  const { wildness } = mood;
  const scale = Math.max(50, Math.abs(mid));
  // Too far away it turns back.
  const isAstray = Math.abs(last.bid - mid) > scale * 0.7;
  const direction = isAstray ? Math.sign(mid - last.bid) : random.chance(0.5) ? 1 : -1;
  const way = random.weighted({
    step: 55,
    level: 16,
    margin: 4,
    drift: 10,
    jump: 1.2 * wildness,
    crash: 0.08 * wildness,
  });
  const part = (most: number) => Math.round(direction * random.fraction() * most * scale);
  switch (way) {
    case 'step':
      return last.bid + direction * random.between(0, 3);
    case 'level':
      return bidAtLevel(scene, asset, last, spread) ?? last.bid;
    case 'margin':
      return priceAtMarginLevel(scene, asset, spread) ?? last.bid;
    case 'drift':
      return last.bid + part(0.003);
    case 'jump':
      return last.bid + part(0.04);
    case 'crash':
      return last.bid + part(0.45);
  }
}

/** A bid that brings some waiting order or position to its level, or one tick before or after. */
function bidAtLevel(scene: Scene, asset: string, last: Quote, spread: number): number | undefined {
  const { random, open } = scene;
  const level = random.chance(0.5) ? orderLevel(scene, asset) : positionLevel(scene, asset, last);
  if (level === undefined || Math.abs(level - last.bid) > Math.max(50, Math.abs(last.bid)) * 0.05) return undefined;
  const isAsk = random.chance(0.5);
  const miss = open.positions.items.length > 2_000 ? 0 : random.pick([0, 0, 0, 1, -1]);
  return level - (isAsk ? spread : 0) + miss;
}

function orderLevel({ random, open }: Scene, asset: string): number | undefined {
  for (let tries = 0; tries < 6 && open.orders.items.length > 0; tries += 1) {
    const { terms } = random.pick(open.orders.items);
    if (terms.asset === asset) return (random.chance(0.5) ? terms.limitPrice : terms.stopPrice) ?? undefined;
  }
  return undefined;
}

function positionLevel({ random, open }: Scene, asset: string, last: Quote): number | undefined {
  for (let tries = 0; tries < 6 && open.positions.items.length > 0; tries += 1) {
    const position = random.pick(open.positions.items);
    if (position.asset !== asset) continue;
    const { side, stopLoss, takeProfit, trailingDistance } = position;
    const trailing =
      trailingDistance === null ? null : side === 'long' ? last.bid - trailingDistance : last.ask + trailingDistance;
    return random.pick([stopLoss, takeProfit, trailing]) ?? undefined;
  }
  return undefined;
}

function unsoundQuote({ random }: Scene, quote: Quote, last: Quote | undefined): Quote {
  const crossed = { bid: ticks(quote.ask + 1), ask: quote.bid };
  const late = { sequence: last?.sequence ?? 0 };
  const fault = random.weighted({ crossed: 3, late: 4, both: 1, fractional: 1, outside: 1, unknown: 1 });
  switch (fault) {
    case 'crossed':
      return { ...quote, ...crossed };
    case 'late':
      return { ...quote, sequence: late.sequence - random.between(0, 2) };
    case 'both':
      return { ...quote, ...crossed, ...late };
    case 'fractional':
      return { ...quote, bid: ticks(quote.bid - 0.5) };
    case 'outside':
      return { ...quote, bid: ticks(-20_000) };
    case 'unknown':
      return { ...quote, asset: 'NOTHING' };
  }
}
