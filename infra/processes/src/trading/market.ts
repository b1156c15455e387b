import { setTimeout as delay } from 'node:timers/promises';
import { MarketServer } from '@repo/poller/testing';
import type { Prng } from '@repo/testing/prng';

/** Start prices, and the digits they are quoted with. */
const listed = {
  BTC_USDC: [60_000, 1],
  ETH_USDC: [3_000, 2],
  SOL_USDC: [200, 2],
  BNB_USDC: [600, 2],
  DOGE_USDC: [0.2, 5],
} as const;
export type Asset = keyof typeof listed;
export const assets = Object.keys(listed) as Asset[];

const EVERY_MS = 50;
/** Of the price, at most, from one quote to the next. */
const STEP = 0.001;
const SPREAD = 0.0001;
/** So many quotes that agree make the poller believe a jump, with some to spare. */
const QUOTES_OF_JUMP = 4;

type Mood = 'walking' | 'frozen' | 'silent';

/** An exchange of the test's own: pollers connect to it as to Backpack. */
export class Market {
  mood: Mood = 'walking';
  readonly #server: MarketServer;
  readonly #random: Prng;
  readonly #mids = new Map<Asset, number>(assets.map((asset) => [asset, listed[asset][0]]));
  #timer: NodeJS.Timeout | undefined;
  #update = 1_000;

  private constructor(server: MarketServer, random: Prng) {
    this.#server = server;
    this.#random = random;
    server.markets = assets;
  }

  static async open(random: Prng): Promise<Market> {
    const market = new Market(await new MarketServer().listen(), random);
    market.#timer = setInterval(() => market.#quote(), EVERY_MS);
    return market;
  }

  /** What a poller needs to know of it. */
  get settings() {
    return {
      PRICE_SOURCE: 'backpack',
      BACKPACK_WS_URL: this.#server.wsUrl,
      BACKPACK_REST_URL: this.#server.httpUrl,
      // A market that is silent on purpose is not to be looked for elsewhere.
      FEED_FIRST_FRAME_MS: '86400000',
    };
  }

  mid(asset: Asset): number {
    return this.#mids.get(asset) ?? Number.NaN;
  }

  /** From now on the price is this part of what it was. */
  jump(asset: Asset, part: number): void {
    this.#mids.set(asset, this.mid(asset) * part);
    for (let quote = 0; quote < QUOTES_OF_JUMP; quote += 1) this.#send(asset, this.mid(asset));
  }

  /** One quote far away, and back. */
  spike(asset: Asset): void {
    this.#send(asset, this.mid(asset) * (this.#random.chance(0.5) ? 1.5 : 0.5));
  }

  /** What is no price. */
  garbage(asset: Asset): void {
    for (const price of ['NaN', '0', '-1', '', 'Infinity', '1e400', '0x10', 'null']) {
      this.#frame(asset, price, price);
      this.#frame(asset, price, this.#text(asset, this.mid(asset)));
    }
    this.#server.send('', '{', '[]', 'null', '{"data":null}', '{"stream":"bookTicker.SOL_USDC","data":{}}');
  }

  /** What was said before, word for word, and with numbers of before. */
  repeat(asset: Asset): void {
    const stale = this.#text(asset, this.mid(asset) * 0.99);
    for (let back = 1; back <= 5; back += 1) {
      this.#server.send(frameOf(asset, stale, stale, this.#update - back));
      this.#server.send(frameOf(asset, stale, stale, this.#update));
    }
  }

  /** Ends all connections. */
  drop(): void {
    this.#server.resetAll();
  }

  /** No price moves any more; everything that was sent has had time to arrive. */
  async rest(): Promise<void> {
    this.mood = 'frozen';
    await delay(10 * EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server.close();
  }

  #quote(): void {
    if (this.mood === 'silent') return;
    for (const asset of assets) {
      if (this.mood === 'walking') {
        this.#mids.set(asset, this.mid(asset) * (1 + (this.#random.fraction() * 2 - 1) * STEP));
      }
      this.#send(asset, this.mid(asset));
    }
  }

  #send(asset: Asset, mid: number): void {
    const half = (mid * SPREAD) / 2;
    this.#frame(asset, this.#text(asset, mid - half), this.#text(asset, mid + half));
  }

  #text(asset: Asset, price: number): string {
    return price.toFixed(listed[asset][1]);
  }

  #frame(asset: Asset, bid: string, ask: string): void {
    this.#update += 1;
    this.#server.send(frameOf(asset, bid, ask, this.#update));
  }
}

function frameOf(symbol: string, bid: string, ask: string, u: number): string {
  const data = { A: '19.60', B: '56.02', E: 0, T: 0, a: ask, b: bid, e: 'bookTicker', s: symbol, u };
  return JSON.stringify({ data, stream: `bookTicker.${symbol}` });
}
