import type { FillRule, Quote } from '@repo/trading-core';
import type { AuditedMarket, AuditedOrder, AuditedPosition } from './books.ts';

/** A level that a quote has reached. */
export interface Trigger<Item> {
  readonly item: Item;
  readonly rule: FillRule;
  readonly level: number;
  /** Kinds are set off one after the other, lowest first. */
  readonly kind: number;
  /** Among one kind: the level that the price came by first has the lowest. */
  readonly order: number;
}

const EXIT_KINDS = { longStop: 0, shortStop: 1, longTarget: 2, shortTarget: 3 } as const;
const ENTRY_KINDS = { buyLimit: 0, sellLimit: 1, buyStop: 2, sellStop: 3 } as const;

/** The exit that the quote sets off first: by kind, then level passed first, then older position. */
export function firstExit({ positions }: AuditedMarket, { bid, ask }: Quote): Trigger<AuditedPosition> | undefined {
  let first: Trigger<AuditedPosition> | undefined;
  for (const item of positions) {
    const { side, stopLoss, takeProfit } = item;
    const trailing = trailingLevelOf(item);
    if (side === 'long') {
      const kind = EXIT_KINDS.longStop;
      if (stopLoss !== null && bid <= stopLoss) {
        first = earlier(first, { item, rule: 'stop-loss', level: stopLoss, kind, order: -stopLoss });
      }
      if (trailing !== null && bid <= trailing) {
        first = earlier(first, { item, rule: 'trailing-stop', level: trailing, kind, order: -trailing });
      }
      if (takeProfit !== null && bid >= takeProfit) {
        const target = EXIT_KINDS.longTarget;
        first = earlier(first, { item, rule: 'take-profit', level: takeProfit, kind: target, order: takeProfit });
      }
    } else {
      const kind = EXIT_KINDS.shortStop;
      if (stopLoss !== null && ask >= stopLoss) {
        first = earlier(first, { item, rule: 'stop-loss', level: stopLoss, kind, order: stopLoss });
      }
      if (trailing !== null && ask >= trailing) {
        first = earlier(first, { item, rule: 'trailing-stop', level: trailing, kind, order: trailing });
      }
      if (takeProfit !== null && ask <= takeProfit) {
        const target = EXIT_KINDS.shortTarget;
        first = earlier(first, { item, rule: 'take-profit', level: takeProfit, kind: target, order: -takeProfit });
      }
    }
  }
  return first;
}

/** The entry that the quote sets off first. */
export function firstEntry({ orders }: AuditedMarket, { bid, ask }: Quote): Trigger<AuditedOrder> | undefined {
  let first: Trigger<AuditedOrder> | undefined;
  for (const item of orders) {
    const { side, type, limitPrice, stopPrice } = item.terms;
    const waitsForStop = type === 'stop' || (type === 'stop-limit' && !item.isTriggered);
    const rule = type;
    if (waitsForStop) {
      const level = stopPrice as number;
      if (side === 'buy' && ask >= level) {
        first = earlier(first, { item, rule, level, kind: ENTRY_KINDS.buyStop, order: level });
      }
      if (side === 'sell' && bid <= level) {
        first = earlier(first, { item, rule, level, kind: ENTRY_KINDS.sellStop, order: -level });
      }
    } else {
      const level = limitPrice as number;
      if (side === 'buy' && ask <= level) {
        first = earlier(first, { item, rule, level, kind: ENTRY_KINDS.buyLimit, order: -level });
      }
      if (side === 'sell' && bid >= level) {
        first = earlier(first, { item, rule, level, kind: ENTRY_KINDS.sellLimit, order: level });
      }
    }
  }
  return first;
}

export function trailingLevelOf({ side, trailingDistance, trailingBest }: AuditedPosition): number | null {
  if (trailingDistance === null || trailingBest === null) return null;
  return side === 'long' ? trailingBest - trailingDistance : trailingBest + trailingDistance;
}

/** Lists are in order of age, so that of equal ones the first found is the older. */
function earlier<Item>(first: Trigger<Item> | undefined, found: Trigger<Item>): Trigger<Item> {
  if (first === undefined || found.kind < first.kind) return found;
  return found.kind === first.kind && found.order < first.order ? found : first;
}
