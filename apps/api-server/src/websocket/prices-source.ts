import type { Price, PriceUpdate } from '@repo/schemas';
import type { PriceBoard } from '../prices/price-board.ts';
import type { ChannelSource } from './channel.ts';

/** Content of the channel `prices`: every asset's latest price; a change is that of an asset, whatever lay between. */
export class PricesSource implements ChannelSource {
  readonly #board: PriceBoard;
  readonly #changed = new Map<string, Price>();

  constructor(board: PriceBoard) {
    this.#board = board;
  }

  /** Takes a change in. */
  note({ id: _id, at: _at, ...price }: PriceUpdate): void {
    this.#changed.set(price.asset, price);
  }

  state(): readonly unknown[] {
    return this.#board.latest();
  }

  takeChanges(): readonly unknown[] | undefined {
    if (this.#changed.size === 0) return undefined;
    const changes = [...this.#changed.values()];
    this.#changed.clear();
    return changes;
  }
}
