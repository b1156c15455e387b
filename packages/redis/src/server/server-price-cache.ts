import type { Price } from '@repo/schemas';
import type { PriceCache } from '../port.ts';
import type { Connection } from './connection.ts';

/** The newest price of each asset on the server, as JSON in `price:{asset}`, kept until there is a newer one. */
export class ServerPriceCache implements PriceCache {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async put(price: Price): Promise<void> {
    await this.#connection.run((client) => client.putPrice(keyOf(price.asset), JSON.stringify(price), price.sequence));
  }

  async getMany(assets: readonly string[]): Promise<readonly Price[]> {
    if (assets.length === 0) return [];
    const kept = await this.#connection.run((client) => client.mGet(assets.map(keyOf)));
    return kept.flatMap((json) => (json === null ? [] : (JSON.parse(json) as Price)));
  }
}

function keyOf(asset: string): string {
  return `price:${asset}`;
}
