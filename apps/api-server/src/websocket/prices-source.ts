import type { PriceBoard } from '../prices/price-board.ts';
import type { ChannelSource } from './channel.ts';

/** Content of the channel `prices`: every asset's latest price; a change is that of an asset, whatever lay between. */
export class PricesSource implements ChannelSource {
  readonly #board: PriceBoard;
  readonly #changed = new Set<string>();

  constructor(board: PriceBoard) {
    this.#board = board;
  }

  mark(asset: string): void {
    this.#changed.add(asset);
  }

  state(): readonly unknown[] {
    return this.#board.latest();
  }

  changes(): readonly unknown[] {
    const changes = [...this.#changed].flatMap((asset) => {
      const known = this.#board.get(asset);
      if (known === undefined) return [];
      const { startPrice: _, ...price } = known;
      return [price];
    });
    this.#changed.clear();
    return changes;
  }
}
