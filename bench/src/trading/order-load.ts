import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { origin } from '../distributed/bench-stack.ts';

// A process of its own, so that the load does not share the services' event loop: it is told what to send, and tells
// what came of it.

const CONNECTIONS = 64;
const TIMEOUT_MS = 10_000;

export interface OrderLoad {
  readonly httpUrl: string;
  readonly cookies: readonly string[];
  readonly seconds: number;
  /** Orders a second, each timed from when it was due; without it so many at once as there are connections. */
  readonly perSecond?: number;
}

export interface OrderLoadResult {
  /** ms of each order that was filled. */
  readonly times: readonly number[];
  /** Of those, in a second of the whole time, until the last was answered. */
  readonly filledPerSecond: number;
  /** How many had another answer, by status, or none. */
  readonly others: Readonly<Record<string, number>>;
}

let orders = 0;

function nextOrder(cookies: readonly string[]) {
  const cookie = cookies[orders % cookies.length] as string;
  const side = Math.floor(orders / cookies.length) % 2 === 0 ? 'buy' : 'sell';
  orders += 1;
  const body = { clientOrderId: randomUUID(), asset: 'SOL_USDC', side, type: 'market', quantity: '0.1' };
  return { headers: { cookie, origin, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function run({ httpUrl, cookies, seconds, perSecond }: OrderLoad): Promise<OrderLoadResult> {
  const pool = new Pool(httpUrl, { connections: CONNECTIONS, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const times: number[] = [];
  const others: Record<string, number> = {};

  async function place(fromMs: number): Promise<void> {
    const count = (what: string | number) => {
      others[what] = (others[what] ?? 0) + 1;
    };
    try {
      const request = { path: '/api/v1/orders', method: 'POST' as const, ...nextOrder(cookies) };
      const { statusCode, body } = await pool.request(request);
      const text = await body.text();
      if (statusCode === 201 && text.includes('"fills":[{')) times.push(performance.now() - fromMs);
      else count(statusCode === 201 ? 'not filled' : `${statusCode} ${/"code":"([^"]*)"/.exec(text)?.[1]}`);
    } catch (error) {
      count((error as { code?: string }).code ?? String(error));
    }
  }

  const begunMs = performance.now();
  if (perSecond === undefined) {
    const endMs = begunMs + seconds * 1_000;
    const worker = async () => {
      while (performance.now() < endMs) await place(performance.now());
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  } else {
    const pending: Promise<void>[] = [];
    for (let index = 0; index < perSecond * seconds; index += 1) {
      const dueMs = begunMs + (index * 1_000) / perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      // A timer may be a millisecond off; that much is this process's, not the server's.
      const nowMs = performance.now();
      pending.push(place(nowMs - dueMs > 1 ? dueMs : nowMs));
    }
    await Promise.all(pending);
  }
  const filledPerSecond = (times.length * 1_000) / (performance.now() - begunMs);
  await pool.close();
  return { times, filledPerSecond, others };
}

process.on('message', (load: OrderLoad) => void run(load).then((result) => process.send?.(result)));
process.on('SIGINT', () => {});
