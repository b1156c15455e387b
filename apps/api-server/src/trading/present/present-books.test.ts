import assert from 'node:assert/strict';
import { it } from 'node:test';
import { InstrumentsSchema, ProfilesSchema } from '@repo/schemas';
import { defaultInstruments, defaultProfiles, micros } from '@repo/trading-core';
import { presentClosedPosition } from './present-closed-position.ts';
import { presentedInstruments } from './present-instrument.ts';
import { presentLedgerEntry } from './present-ledger-entry.ts';
import { presentProfile } from './present-profile.ts';

const accountId = '0b5e6f3a-8f5e-4a3c-9b1f-1a2b3c4d5e6f';

it('a closed position: averages of all that opened and closed it, however much that was', () => {
  const record = {
    shard: 3,
    id: 4,
    accountId,
    asset: 'SOL_USDC',
    side: 'long',
    quantity: 300n,
    openCost: 100n * 15_000n + 200n * 15_001n,
    closeCost: 300n * 14_999n,
    closedBy: 'stop-loss',
    realizedPnl: -500_000,
    swap: -20,
    commission: 1_234_567,
    openedAt: 1,
    closedAt: 2,
  } as const;
  const {
    accountId: _,
    shard: __,
    ...expected
  } = {
    ...record,
    id: '3-4',
    quantity: '3.00',
    openPrice: '150.006667',
    closePrice: '149.99',
    realizedPnl: '-0.50',
    swap: '-0.00002',
    commission: '1.234567',
  };
  const { openCost: ___, closeCost: ____, ...shown } = expected;
  assert.deepEqual(presentClosedPosition(record), { ...shown, accountId });
  // 10^16 steps at 150.00, beyond the exact integers of a number.
  const huge = {
    ...record,
    quantity: 10n ** 16n,
    openCost: 10n ** 16n * 15_000n + 1n,
    closeCost: 10n ** 16n * 15_001n,
  };
  assert.equal(presentClosedPosition(huge).openPrice, '150.00');
  assert.equal(presentClosedPosition(huge).closePrice, '150.01');
});

it('ledger entries name the shard in their causes', () => {
  const present = (cause: string) =>
    presentLedgerEntry({ shard: 11, sequence: 42, line: 1, amount: -1_500_000, cause, at: 7 }, accountId);
  assert.deepEqual(present('fill:17'), {
    transactionId: '11-42',
    account: accountId,
    amount: '-1.50',
    cause: 'fill:11-17',
    at: 7,
  });
  assert.equal(present('swap:4:20779').cause, 'swap:11-4:20779');
  assert.equal(present('deposit:42').cause, 'deposit:11-42');
});

it('every instrument with its terms, in decimals', () => {
  InstrumentsSchema.parse({ items: presentedInstruments });
  assert.deepEqual(
    presentedInstruments.map(({ asset }) => asset),
    defaultInstruments.map(({ asset }) => asset),
  );
  assert.deepEqual(presentedInstruments.find(({ asset }) => asset === 'BTC_USDC')?.terms, {
    assetClass: 'crypto',
    quantityMin: '0.00010',
    quantityMax: '100.00000',
    priceMin: '0.1',
    priceMax: '10000000.0',
    spreadMin: '0.1',
    markUpPercent: '0.02',
    commissionPercent: '0.05',
    commissionMin: '0.00',
    swapLongPercent: '18',
    swapShortPercent: '6',
    swapSchedule: 'daily',
  });
});

it('profiles, with tiers of leverage', () => {
  ProfilesSchema.parse({ items: defaultProfiles.map(presentProfile) });
  const [first] = defaultProfiles;
  assert.ok(first);
  const crypto = [
    { notionalMax: micros(50_000_000_000), leverage: 20 },
    { notionalMax: null, leverage: 10 },
  ];
  const { leverage, notionalMax, stopOutPercent } = presentProfile({
    ...first,
    leverage: { ...first.leverage, crypto },
  });
  assert.deepEqual(leverage['crypto'], [
    { notionalMax: '50000.00', leverage: 20 },
    { notionalMax: null, leverage: 10 },
  ]);
  assert.deepEqual([notionalMax, stopOutPercent], ['10000000.00', 50]);
});
