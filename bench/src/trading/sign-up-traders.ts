import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { type BenchStack, origin, unlimited } from '../distributed/bench-stack.ts';

const PASSWORD = 'five green parrots sing';
const AT_ONCE = 4;

/** Settings under which no limit is what is measured: neither of requests nor of money. */
export const unlimitedTrading: Readonly<Record<string, string>> = {
  ...unlimited,
  ORDERS_PER_SECOND: '1000000',
  DEMO_BALANCE: '1000000',
};

/** A user with a session and the account that every user has. */
export interface Trader {
  readonly api: ApiClient;
  /** What a browser would send to the API and with the handshake of the WebSocket. */
  readonly cookie: string;
  readonly accountId: string;
}

export async function signUpTraders(stack: BenchStack, count: number): Promise<readonly Trader[]> {
  const traders: Trader[] = [];
  const waiting = Array.from({ length: count }, (_, index) => `trader-${index}@example.com`);
  const worker = async () => {
    for (let email = waiting.pop(); email !== undefined; email = waiting.pop())
      traders.push(await signUp(stack, email));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return traders;
}

async function signUp(stack: BenchStack, email: string): Promise<Trader> {
  const cookies = createCookieJar();
  const api = createApiClient({ baseUrl: stack.httpUrl, origin, cookies });
  await api.signup({ email, password: PASSWORD });
  let otp: string | undefined;
  while (otp === undefined) {
    otp = await stack.codeFor(email);
    if (otp === undefined) await sleep(20);
  }
  await api.verifyOtp({ email, otp });
  const { id } = await api.account();
  return { api, cookie: cookies.header(stack.httpUrl) ?? '', accountId: id };
}

/** Waits until every trader can trade. */
export async function untilPriced(trader: Trader, asset: string): Promise<void> {
  for (;;) {
    const { prices } = await trader.api.prices();
    if (prices.some((price) => price.asset === asset && price.status === 'live')) return;
    await sleep(50);
  }
}
