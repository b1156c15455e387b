import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { defaultInstruments, defaultTerms, formatDecimal, markUpQuote } from '@repo/trading-core';

export interface RecordedFrame {
  /** Since the first frame of the recording, ms. */
  readonly offsetMs: number;
  readonly asset: string;
  /** As the poller publishes them: marked up, in whole ticks. */
  readonly bid: string;
  readonly ask: string;
  /** As the exchange sent it. */
  readonly text: string;
}

const ASSETS: Readonly<Record<string, string>> = { BTCUSDT: 'BTC_USDC', ETHUSDT: 'ETH_USDC' };

/** The recording named by `REPLAY_FILE`, or the one beside the checkout. */
export function recordingPath(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const path = process.env.REPLAY_FILE ?? join(here, '../../../shared/data/binance-spot-bookticker-20240808.ndjson.gz');
  if (!existsSync(path)) {
    console.error(`There is no recording at ${path}: set REPLAY_FILE to a file of recorded book tickers.`);
    process.exit(1);
  }
  return path;
}

export async function loadRecording(path: string, secondsMax: number): Promise<RecordedFrame[]> {
  const frames: RecordedFrame[] = [];
  let firstNs: bigint | undefined;
  const lines = createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    const space = line.indexOf(' ');
    const atNs = BigInt(line.slice(0, space));
    firstNs ??= atNs;
    const offsetMs = Number(atNs - firstNs) / 1e6;
    if (offsetMs > secondsMax * 1000) break;
    const text = line.slice(space + 1);
    const { data } = JSON.parse(text) as { data: { s: string; b: string; a: string } };
    const asset = ASSETS[data.s];
    if (asset !== undefined) frames.push({ offsetMs, asset, ...publishedPrices(asset, data.b, data.a), text });
  }
  return frames;
}

function publishedPrices(asset: string, bid: string, ask: string): { readonly bid: string; readonly ask: string } {
  const instrument = defaultInstruments.find((one) => one.asset === asset);
  const terms = defaultTerms.find((one) => one.asset === asset);
  if (instrument === undefined || terms === undefined) throw new Error(`no instrument ${asset}`);
  const marked = markUpQuote(instrument.tickSize, terms, { bid, ask });
  // A crossed quote is never published, so it matches nothing.
  if (marked === undefined) return { bid, ask };
  // The ticks of both instruments are powers of ten.
  const { priceDecimals } = instrument;
  return { bid: formatDecimal(marked.bid, priceDecimals), ask: formatDecimal(marked.ask, priceDecimals) };
}
