import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, codeOf } from '@repo/api-server/testing';
import {
  AccountSchema,
  AccountsSchema,
  ClosedPositionsSchema,
  FillExplanationSchema,
  FillsSchema,
  InstrumentsSchema,
  LedgerSchema,
  type OrderPlaced,
  OrderSchema,
  OrdersSchema,
  PositionsSchema,
  ProfilesSchema,
  StatementSchema,
} from '@repo/schemas';
import type { z } from 'zod';
import { startTradingStack, type TradingStack } from './testing/start-trading-stack.ts';

const SOL = 'SOL_USDC';
const FILLS = 1_000;
const AT_ONCE = 20;

const micros = (text: string): number => Math.round(Number(text) * 1_000_000);
const sum = (amounts: readonly string[]): number => amounts.reduce((total, amount) => total + micros(amount), 0);

let stack: TradingStack;
let ada: Browser;
let bob: Browser;
let serial = 0;

before(async () => {
  stack = await startTradingStack({ ORDERS_PER_SECOND: '100000' });
  await stack.price(SOL, '150.00', '150.10');
  [ada, bob] = [await stack.signedUp('ada@example.com'), await stack.signedUp('bob@example.com')];
  await get(bob, '/account', AccountSchema);
});
after(() => stack.stop());

async function get<S extends z.ZodType>(browser: Browser, path: string, schema: S): Promise<z.infer<S>> {
  const answer = await browser.get(`/api/v1${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return schema.parse(answer.body);
}

async function post<T>(browser: Browser, path: string, body: object): Promise<T> {
  const answer = await browser.post(`/api/v1${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}

function place(browser: Browser, order: object = {}): Promise<OrderPlaced> {
  serial += 1;
  const market = { clientOrderId: `o-${serial}`, asset: SOL, side: 'buy', type: 'market', quantity: '1' };
  return post(browser, '/orders', { ...market, ...order });
}

const open = (browser: Browser, mode: 'hedging' | 'netting') => {
  serial += 1;
  return post<{ id: string }>(browser, '/accounts', { clientRequestId: `a-${serial}`, mode });
};
const deposit = (browser: Browser, id: string, amount: string) => {
  serial += 1;
  return post(browser, `/accounts/${id}/deposits`, { clientRequestId: `d-${serial}`, amount });
};

/** The text of a page, with its headers. */
async function text(browser: Browser, path: string): Promise<{ status: number; headers: Headers; body: string }> {
  const answer = await fetch(`${stack.url}/api/v1${path}`, { headers: { cookie: browser.cookieHeader } });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** Waits until the books show it: answers come after the commit, what a price sets off does so too, but later. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const until = performance.now() + 10_000; performance.now() < until; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail('it did not come');
}

describe('what the API tells of an account', () => {
  it('its figures and positions, at the latest price', async () => {
    const { items } = await get(ada, '/accounts', AccountsSchema);
    assert.equal(items.length, 1);
    const { positions } = await place(ada, { quantity: '2', stopLoss: '140.00' });
    const account = await get(ada, '/account', AccountSchema);
    const [position, ...others] = (await get(ada, '/positions', PositionsSchema)).items;
    assert.deepEqual(others, []);
    assert.equal(position?.id, positions[0]?.id);
    assert.equal(position?.stopLoss, '140.00');
    // Bought at 150.10, to be sold at 150.00; commission 0.05 % of 300.20, margin at 1:20.
    assert.equal(position?.unrealizedPnl, '-0.20');
    assert.equal(account.balance, '9999.8499');
    assert.equal(account.equity, '9999.6499');
    assert.equal(account.usedMargin, '15.01');
    assert.equal(account.isPriced, true);
    const [same] = (await get(ada, `/positions?accountId=${account.id}`, PositionsSchema)).items;
    assert.equal(same?.id, position?.id);
  });

  it('its orders, pending and ended', async () => {
    const limit = await place(ada, { type: 'limit', limitPrice: '100.00' });
    const path = `/orders/${limit.order.id}`;
    assert.deepEqual(await get(ada, path, OrderSchema), limit.order);
    const pending = await get(ada, '/orders?status=open', OrdersSchema);
    assert.deepEqual(pending, { items: [limit.order], nextCursor: null });
    assert.equal((await ada.delete(`/api/v1${path}`)).status, 200);
    assert.equal((await get(ada, path, OrderSchema)).endReason, 'client');
    assert.deepEqual((await get(ada, '/orders?status=open', OrdersSchema)).items, []);
    const ended = (await get(ada, '/orders?status=ended', OrdersSchema)).items;
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['cancelled', 'filled'],
    );
    assert.deepEqual((await get(ada, '/orders?asset=BTC_USDC', OrdersSchema)).items, []);
  });

  it('what can be traded on which terms, to anybody', async () => {
    const { items } = await get(ada, '/instruments', InstrumentsSchema);
    const sol = items.find(({ asset }) => asset === SOL);
    assert.deepEqual(
      [sol?.terms.quantityMin, sol?.terms.commissionPercent, sol?.terms.swapLongPercent, sol?.terms.priceMax],
      ['0.10', '0.05', '18', '100000.00'],
    );
    const profiles = await get(ada, '/profiles', ProfilesSchema);
    assert.deepEqual(
      profiles.items.map(({ name, leverage }) => [name, leverage.crypto]),
      [
        ['esma', [{ notionalMax: null, leverage: 2 }]],
        ['professional', [{ notionalMax: null, leverage: 20 }]],
      ],
    );
  });
});

describe('what the API tells of the past', () => {
  it(`${FILLS} fills, each once, while others are added`, { timeout: 120_000 }, async () => {
    const { id } = await open(ada, 'netting');
    await deposit(ada, id, '100000');
    const trade = async (count: number) => {
      for (let done = 0; done < count; done += AT_ONCE) {
        const side = (done / AT_ONCE) % 2 === 0 ? 'buy' : 'sell';
        await Promise.all(Array.from({ length: AT_ONCE }, () => place(ada, { accountId: id, quantity: '0.10', side })));
      }
    };
    await trade(FILLS);
    const pages: string[] = [];
    let cursor: string | null = '';
    do {
      const after = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: z.infer<typeof FillsSchema> = await get(ada, `/fills?accountId=${id}&limit=90${after}`, FillsSchema);
      pages.push(...page.items.map((fill) => fill.id));
      cursor = page.nextCursor;
      await trade(AT_ONCE);
    } while (cursor !== null);
    assert.equal(pages.length, FILLS);
    assert.equal(new Set(pages).size, FILLS);
    const newest = await get(ada, `/fills?accountId=${id}&limit=500`, FillsSchema);
    assert.ok(newest.items.findIndex((fill) => fill.id === pages[0]) >= AT_ONCE, 'nothing was added meanwhile');

    // The same entries in the ledger, the statement and the balance.
    const [statement, account] = [
      await get(ada, `/statement?accountId=${id}`, StatementSchema),
      await get(ada, `/account?accountId=${id}`, AccountSchema),
    ];
    assert.equal(statement.openingBalance, '0.00');
    assert.equal(statement.closingBalance, account.balance);
    assert.equal(sum(Object.values(statement.totals)), micros(statement.closingBalance));
    assert.equal(sum(statement.entries.map(({ amount }) => amount)), micros(statement.closingBalance));
    assert.equal(statement.entries.at(-1)?.balance, statement.closingBalance);
    const ledger = await get(ada, `/ledger?accountId=${id}&limit=500`, LedgerSchema);
    assert.deepEqual(
      ledger.items.map(({ transactionId, amount, cause }) => [transactionId, amount, cause]),
      statement.entries
        .slice(-500)
        .toReversed()
        .map(({ transactionId, amount, cause }) => [transactionId, amount, cause]),
    );
    const closed = await get(ada, `/positions/closed?accountId=${id}&limit=3`, ClosedPositionsSchema);
    assert.equal(closed.items.length, 3);
    const [last] = closed.items;
    assert.ok(last);
    const own = await get(ada, `/fills?accountId=${id}&positionId=${last.id}&limit=500`, FillsSchema);
    assert.equal(own.items[0]?.rule, last.closedBy);
    assert.equal(sum(own.items.map(({ realizedPnl }) => realizedPnl)), micros(last.realizedPnl));
    assert.equal(sum(own.items.map(({ commission }) => commission)), micros(last.commission));
    const bought = own.items.filter(({ side }) => side === 'buy');
    assert.equal(sum(bought.map(({ quantity }) => quantity)), micros(last.quantity));
    assert.deepEqual([last.openPrice, last.closePrice].toSorted(), ['150.00', '150.10']);
  });

  it('a statement as data, for a spreadsheet and to print', async () => {
    const { id } = await get(ada, '/account', AccountSchema);
    const { from, to, closingBalance, entries } = await get(ada, '/statement', StatementSchema);
    const now = new Date();
    assert.equal(from, Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
    assert.equal(to, Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
    const csv = await text(ada, '/statement.csv');
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
    assert.match(
      csv.headers.get('content-disposition') ?? '',
      new RegExp(`^attachment; filename="statement-${id.slice(0, 8)}-[0-9-]{21}\\.csv"$`),
    );
    const lines = csv.body.split('\r\n');
    assert.equal(lines[0], 'time,transaction,cause,description,amount,balance');
    assert.equal(lines.length, entries.length + 4, 'a header, two balances, and the end');
    assert.ok(lines.at(-2)?.endsWith(`Closing balance,,${closingBalance}`));
    const page = await text(ada, '/statement.html');
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
    assert.ok(page.body.includes(id));
    const empty = await get(ada, '/statement?from=0&to=1000', StatementSchema);
    assert.deepEqual([empty.entries, empty.openingBalance, empty.closingBalance], [[], '0.00', '0.00']);
    const later = await get(ada, `/statement?from=${to}&to=${to + 1}`, StatementSchema);
    assert.equal(later.openingBalance, closingBalance);
    for (const period of ['from=5&to=5', 'from=5&to=4', 'from=x', `from=${to}`, 'from=-1']) {
      assert.equal(codeOf(await ada.get(`/api/v1/statement?${period}`)), 'invalid-request', period);
    }
  });

  it('why a gap closed a position', async () => {
    const { fills } = await place(ada, { stopLoss: '148.00' });
    assert.ok(fills[0]);
    const { positionId } = fills[0];
    const entry = await get(ada, `/fills/${fills[0].id}/explanation`, FillExplanationSchema);
    assert.equal(entry.sentences[0], 'Your market order bought 1.00 SOL at the ask, 150.10.');
    assert.equal(entry.sentences[1], 'The commission was 0.07505 USD: 0.05 % of 150.10 USD.');
    await stack.price(SOL, '147.60', '147.70');
    const stopped = await eventually(async () => {
      const { items } = await get(ada, `/fills?positionId=${positionId}`, FillsSchema);
      return items.find(({ rule }) => rule === 'stop-loss');
    });
    const why = await get(ada, `/fills/${stopped.id}/explanation`, FillExplanationSchema);
    assert.deepEqual(why.fill, stopped);
    assert.deepEqual(why.condition, { price: '147.60', comparison: 'at-or-below', level: '148.00' });
    assert.deepEqual(why.sentences.slice(0, 3), [
      'The bid fell to 147.60 and reached your stop loss at 148.00.',
      'The next real price was 147.60, so you closed 1.00 SOL there: 0.40 worse than the level.',
      'Your long had been opened at 150.10 on average: (147.60 − 150.10) × 1.00 is a loss of 2.50 USD.',
    ]);
    assert.equal(why.stopOut, undefined);
    const [closed] = (await get(ada, '/positions/closed', ClosedPositionsSchema)).items;
    assert.deepEqual([closed?.id, closed?.closedBy, closed?.closePrice], [positionId, 'stop-loss', '147.60']);
  });

  it('why an account was stopped out, leg by leg', async () => {
    await stack.price(SOL, '150.00', '150.10');
    await stack.price('BTC_USDC', '60000.0', '60000.1');
    const { id } = await open(bob, 'hedging');
    await deposit(bob, id, '1000');
    await place(bob, { accountId: id, quantity: '100' });
    await place(bob, { accountId: id, asset: 'BTC_USDC', side: 'sell', quantity: '0.01' });
    await stack.price(SOL, '144.00', '144.10');
    const fill = await eventually(async () => {
      const { items } = await get(bob, `/fills?accountId=${id}`, FillsSchema);
      return items.find(({ rule }) => rule === 'stop-out');
    });
    const { stopOut, sentences } = await get(bob, `/fills/${fill.id}/explanation`, FillExplanationSchema);
    assert.ok(stopOut);
    const [sol, btc] = stopOut.legs;
    assert.deepEqual(
      [sol?.asset, sol?.longQuantity, sol?.longOpenPrice, sol?.unrealizedPnl],
      [SOL, '100.00', '150.10', '-610.00'],
    );
    assert.deepEqual([btc?.asset, btc?.shortQuantity, btc?.shortOpenPrice], ['BTC_USDC', '0.01000', '60000.0']);
    const equity = micros(stopOut.balance) + stopOut.legs.reduce((total, leg) => total + micros(leg.unrealizedPnl), 0);
    assert.equal(micros(stopOut.equity), equity);
    assert.ok(equity <= micros(stopOut.threshold));
    assert.ok(sentences.includes('So 100.00 SOL of your long was closed at the bid, 144.00.'), sentences.join('\n'));
    assert.ok(
      sentences.some((sentence) => sentence.startsWith(`Your margin level had fallen to ${stopOut.marginLevel} %`)),
    );
  });
});

describe('what the API does not tell', () => {
  it('anything of another user’s', async () => {
    const account = await get(ada, '/account', AccountSchema);
    const [order] = (await get(ada, '/orders', OrdersSchema)).items;
    const fills = await get(ada, '/fills?limit=1', FillsSchema);
    const [fill] = fills.items;
    assert.ok(order && fill && fills.nextCursor);
    const ofAccount = `accountId=${account.id}`;
    for (const path of ['account', 'positions', 'orders', 'positions/closed', 'fills', 'ledger', 'statement']) {
      assert.equal(codeOf(await bob.get(`/api/v1/${path}?${ofAccount}`)), 'unknown-account', path);
    }
    for (const path of ['statement.csv', 'statement.html']) {
      const { status, body } = await text(bob, `/${path}?${ofAccount}`);
      assert.equal(status, 404);
      assert.match(body, /unknown-account/);
    }
    for (const path of [`orders/${order.id}`, `fills/${fill.id}/explanation`, 'fills/0-999999/explanation']) {
      assert.equal(codeOf(await bob.get(`/api/v1/${path}`)), 'not-found', path);
    }
    const [shard] = fill.id.split('-');
    const own = await get(bob, '/account', AccountSchema);
    for (const query of [`cursor=${fills.nextCursor}`, `positionId=${fill.positionId}`, `orderId=${shard}-1`]) {
      const { items } = await get(bob, `/fills?${query}`, FillsSchema);
      for (const item of items) assert.equal(item.accountId, own.id, query);
    }
  });

  it('anything to nobody', async () => {
    const nobody = await stack.signedUp('carol@example.com');
    nobody.cookies.clear();
    for (const path of ['accounts', 'account', 'positions', 'orders', 'orders/0-1', 'positions/closed', 'fills']) {
      assert.equal(codeOf(await nobody.get(`/api/v1/${path}`)), 'session-required', path);
    }
    for (const path of ['fills/0-1/explanation', 'ledger', 'statement', 'statement.csv', 'statement.html']) {
      assert.equal(codeOf(await nobody.get(`/api/v1/${path}`)), 'session-required', path);
    }
  });

  it('anything for a cursor that it did not give', async () => {
    const { nextCursor } = await get(ada, '/fills?limit=1', FillsSchema);
    assert.ok(nextCursor);
    const texts = ['x', '%00', 'ZmlsbHM', `${nextCursor}A`, `${nextCursor}%3D`, 'a'.repeat(200), 'a'.repeat(5_000)];
    const written = ['fills -1', 'fills 1e9', 'fills 99999999999999999', 'fills 1 2', 'fills', 'fills x', 'fills 01'];
    for (const cursor of [...texts, ...written.map((place) => Buffer.from(place).toString('base64url'))]) {
      assert.equal(codeOf(await ada.get(`/api/v1/fills?cursor=${cursor}`)), 'invalid-request', cursor);
    }
    for (const path of ['orders', 'ledger', 'positions/closed']) {
      assert.equal(codeOf(await ada.get(`/api/v1/${path}?cursor=${nextCursor}`)), 'invalid-request', path);
    }
    for (const query of ['limit=0', 'limit=501', 'limit=-1', 'limit=1.5', 'status=lost', 'asset=x', 'unknown=1']) {
      assert.equal(codeOf(await ada.get(`/api/v1/orders?${query}`)), 'invalid-request', query);
    }
  });
});
