import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { StatementRecord } from '@repo/db';
import { StatementSchema } from '@repo/schemas';
import { parse } from 'csv-parse/sync';
import { ProblemError } from '../../http/problem-error.ts';
import { presentStatement } from './present-statement.ts';
import { statementCsv } from './statement-csv.ts';
import { statementPage } from './statement-page.ts';
import { statementPagePolicy } from './statement-page-style.ts';
import { statementPeriod } from './statement-period.ts';

const ID = '0b5e6f3a-8f5e-4a3c-9b1f-1a2b3c4d5e6f';
const START = Date.UTC(2026, 10, 1);
const period = { from: START, to: Date.UTC(2026, 11, 1) };
const fill = { asset: 'SOL_USDC', quantity: 100, price: 15_010, realizedPnl: 0 };
const none = { fill: null, swapAsset: null, reason: null };
let sequence = 10;

function entry(cause: string, amount: number, more: Partial<Record<keyof StatementRecord, unknown>> = {}) {
  sequence += 1;
  return { shard: 3, sequence, line: 1, amount, cause, at: START + sequence, ...none, ...more } as StatementRecord;
}

const closing = { ...fill, side: 'sell', rule: 'stop-loss', realizedPnl: -2_500_000 };
const loss = entry('fill:2', -2_500_000, { fill: closing });
const evil = '=HYPERLINK("http://x","<script>alert(1)</script>"), & \'more\'\r\n-1';
const entries = [
  entry('deposit:11', 1_000_000_000),
  entry('fill:1', -75_050, { fill: { ...fill, side: 'buy', rule: 'market' } }),
  loss,
  { ...loss, line: 3, amount: -73_800 },
  entry('swap:4:20779', -51_780, { swapAsset: 'SOL_USDC' }),
  entry('swap:5:20779', 20, { swapAsset: 'BTC_USDC' }),
  entry('adjustment:20', 1_000_000, { reason: evil }),
  entry('write-off:21', 5_000_000),
  entry('withdrawal:22', -100_000_000),
];
const statement = presentStatement({ openingBalance: 7_000_000, entries }, ID, period);

describe('a statement', () => {
  it('adds up, by kind and entry by entry', () => {
    StatementSchema.parse(statement);
    assert.equal(statement.openingBalance, '7.00');
    assert.equal(statement.closingBalance, '910.29939');
    assert.deepEqual(statement.totals, {
      deposits: '1000.00',
      withdrawals: '-100.00',
      realizedPnl: '-2.50',
      commission: '-0.14885',
      swap: '-0.05176',
      adjustments: '1.00',
      writeOffs: '5.00',
    });
    assert.equal(statement.entries.at(-1)?.balance, statement.closingBalance);
  });

  it('says what each entry is for', () => {
    assert.deepEqual(
      statement.entries.map(({ cause, description }) => `${cause} ${description}`),
      [
        'deposit:3-11 Deposit',
        'fill:3-1 Commission: bought 1.00 SOL_USDC at 150.10 at market',
        'fill:3-2 Loss: sold 1.00 SOL_USDC at 150.10 by stop loss',
        'fill:3-2 Commission: sold 1.00 SOL_USDC at 150.10 by stop loss',
        'swap:3-4:20779 Swap paid for SOL_USDC, 2026-11-22',
        'swap:3-5:20779 Swap received for BTC_USDC, 2026-11-22',
        `adjustment:3-20 Adjustment: ${evil}`,
        'write-off:3-21 Negative balance written off',
        'withdrawal:3-22 Withdrawal',
      ],
    );
  });

  it('is the same when it is read back from CSV', () => {
    const csv = statementCsv(statement);
    assert.match(csv, /^time,transaction,cause,description,amount,balance\r\n/);
    assert.ok(csv.endsWith('\r\n'));
    const rows = parse<Record<string, string>>(csv, { columns: true });
    const balances = [rows.shift(), rows.pop()];
    assert.deepEqual(
      balances.map((row) => [row?.['description'], row?.['amount'], row?.['balance']]),
      [
        ['Opening balance', '', statement.openingBalance],
        ['Closing balance', '', statement.closingBalance],
      ],
    );
    assert.deepEqual(
      rows,
      statement.entries.map(({ at, transactionId, cause, description, amount, balance }) => ({
        time: new Date(at).toISOString(),
        transaction: transactionId,
        cause,
        description,
        amount,
        balance,
      })),
    );
  });

  for (const start of ['=', '+', '-', '@', '\t', '\r', '＝']) {
    it(`is no formula in a spreadsheet, though a text begins with ${JSON.stringify(start)}`, () => {
      const [first] = statement.entries;
      assert.ok(first);
      const csv = statementCsv({ ...statement, entries: [{ ...first, description: `${start}1+1` }] });
      const rows = parse<Record<string, string>>(csv, { columns: true });
      assert.equal(rows[1]?.['description'], `'${start}1+1`);
    });
  }

  it('is a page that runs nothing and shows text as it is', () => {
    const page = statementPage(statement);
    assert.doesNotMatch(page, /<script|<img|href=|src=|style="|javascript:/i);
    assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.ok(page.includes('&quot;http://x&quot;') && page.includes('&#39;more&#39;') && page.includes(', &amp; '));
    assert.ok(page.includes('2026-11-01 – 2026-11-30'));
    assert.ok(page.includes('−100.00'));
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(statementPagePolicy.includes(`style-src 'sha256-${hash}'`), 'the policy lets the page have its style');
    assert.match(statementPagePolicy, /^default-src 'none';/);
    assert.ok(statementPage({ ...statement, entries: [] }).includes('Nothing was booked'));
  });
});

describe('the period of a statement', () => {
  const now = Date.UTC(2026, 1, 28, 23, 59, 59, 999);
  for (const [asked, from, to] of [
    [{}, Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1)],
    [{ from: 5 }, 5, Date.UTC(2026, 2, 1)],
    [{ to: Date.UTC(2026, 0, 1) }, Date.UTC(2025, 11, 1), Date.UTC(2026, 0, 1)],
    [{ to: Date.UTC(2026, 0, 1) + 1 }, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1],
    [{ from: 7, to: 8 }, 7, 8],
  ] as const) {
    it(`of ${JSON.stringify(asked)}`, () => assert.deepEqual(statementPeriod(asked, now), { from, to }));
  }

  it('never ends before it begins', () => {
    for (const asked of [{ from: 8, to: 8 }, { from: 9, to: 8 }, { from: Date.UTC(2026, 2, 1) }, { to: 0 }]) {
      assert.throws(() => statementPeriod(asked, now), ProblemError);
    }
  });
});
