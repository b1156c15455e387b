import { ticks } from '@repo/trading-core';
import type { BenchShard } from './bench-shard.ts';
import { instrumentAt } from './instruments.ts';
import { seededRandom } from './random.ts';

export interface Book {
  readonly positions: number;
  readonly accountIds: readonly string[];
  /** How many instruments each account holds. */
  readonly instrumentsEach: number;
  readonly withLevels: boolean;
}

/** Opens positions, longs and shorts in turns, whose stop losses and take profits lie 5 to 15 % away. */
export function openBook(bench: BenchShard, { positions, accountIds, instrumentsEach, withLevels }: Book): void {
  const random = seededRandom(1);
  const accounts = accountIds.length;
  for (let index = 0; index < positions; index += 1) {
    const account = index % accounts;
    const turn = Math.floor(index / accounts);
    const { terms, bid, quantity } = instrumentAt(account + (turn % instrumentsEach));
    const side = (account + Math.floor(turn / instrumentsEach)) % 2 === 0 ? 'buy' : 'sell';
    const away = Math.floor(bid * (0.05 + random() * 0.1));
    const below = ticks(bid - away);
    const above = ticks(bid + away);
    bench.place({
      accountId: accountIds[account] as string,
      asset: terms.asset,
      side,
      quantity,
      ...(withLevels && { stopLoss: side === 'buy' ? below : above, takeProfit: side === 'buy' ? above : below }),
    });
  }
}
