import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

export interface RecordedFrame {
  /** Since the first frame of the recording, ms. */
  readonly offsetMs: number;
  readonly asset: string;
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
    if (asset !== undefined) frames.push({ offsetMs, asset, bid: trim(data.b), ask: trim(data.a), text });
  }
  return frames;
}

function trim(price: string): string {
  return price.includes('.') ? price.replace(/\.?0+$/, '') : price;
}
