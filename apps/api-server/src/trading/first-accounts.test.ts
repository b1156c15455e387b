import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { AccountRecord } from '@repo/db';
import { createLogger } from '@repo/service';
import { refuse } from '@repo/trading-core';
import { TradeCommandsDouble } from '../testing/trade-commands-double.ts';
import { until } from '../testing/until.ts';
import { Accounts } from './accounts.ts';
import { FirstAccounts } from './first-accounts.ts';
import { TradingUnavailableError } from './trade-commands.ts';
import { firstAccountId } from './trading-ids.ts';

const userId = randomUUID();

function setUp(commands: TradeCommandsDouble, deposit = 10_000) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  return { first: new FirstAccounts({ commands, logger, deposit }), lines };
}

test('the account is opened with its money by one command, whoever asks meanwhile', async () => {
  const commands = new TradeCommandsDouble(() => ({ type: 'accepted', events: [] }));
  const { first } = setUp(commands);
  await Promise.all([first.open(userId), first.open(userId), first.open(userId)]);
  assert.deepEqual(commands.asked, [
    {
      type: 'open-account',
      accountId: firstAccountId(userId),
      data: { userId, mode: 'hedging', profile: 'professional', deposit: '10000' },
    },
  ]);
  await first.open(userId);
  assert.equal(commands.asked.length, 2);
});

test('an account that is there is as good as opened; another refusal is a bug', async () => {
  const commands = new TradeCommandsDouble(() => refuse('duplicate-account', { accountId: 'x' }));
  const { first } = setUp(commands, 0);
  await first.open(userId);
  assert.equal('deposit' in (commands.asked[0]?.data ?? {}), false, 'nothing to pay in');
  commands.answer = () => refuse('unknown-profile', { profile: 'professional' });
  await assert.rejects(first.open(userId), { code: 'unknown-profile' });
});

test('a sign-up does not wait for it, and a failure is a line in the log', async () => {
  const commands = new TradeCommandsDouble(() => {
    throw new TradingUnavailableError('no answer');
  });
  const { first, lines } = setUp(commands);
  first.openSoon(userId);
  await until(() => lines.length > 0);
  assert.match(lines[0] ?? '', /not open yet/);
});

test('a user without an account gets one when it is looked for; ownership is asked for once', async () => {
  const found: AccountRecord[] = [];
  const account = { id: randomUUID(), userId, shard: 1, mode: 'hedging', profile: 'esma', openedAt: 1 } as const;
  let asked = 0;
  let opened = 0;
  const item = { accountId: account.id, asset: 'SOL_USDC' };
  const accounts = new Accounts({
    finder: {
      accountsOf: async (user) => {
        asked += 1;
        return user === userId ? [...found] : [];
      },
      findOrder: async (shard, id) => (shard === 7 && id === 42 ? item : undefined),
      findPosition: async () => undefined,
      balanceOf: async () => 0,
      openPositionsOf: async () => [],
    },
    openFirst: async () => {
      opened += 1;
      found.push(account);
    },
  });
  assert.equal(await accounts.owned(userId, account.id), undefined);
  assert.deepEqual(await accounts.defaultOf(userId), account);
  assert.equal(opened, 1);
  const before = asked;
  assert.deepEqual(await accounts.owned(userId, account.id), account);
  assert.deepEqual(await accounts.defaultOf(userId), account);
  assert.deepEqual(await accounts.ownedOrder(userId, '7-42'), item);
  assert.equal(asked, before, 'what never changes is not asked for again');
  const other = randomUUID();
  assert.equal(await accounts.owned(other, account.id), undefined);
  assert.equal(await accounts.ownedOrder(other, '7-42'), undefined, 'another’s, also from memory');
  assert.equal(await accounts.ownedOrder(userId, '7-43'), undefined);
  const later = { ...account, id: randomUUID(), openedAt: 2 };
  found.push(later);
  assert.deepEqual(await accounts.owned(userId, later.id), later, 'opened elsewhere meanwhile');
  assert.equal((await accounts.list(userId)).length, 2);
});
