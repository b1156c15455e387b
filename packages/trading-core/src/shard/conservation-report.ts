import type { Account } from '../accounts/account.ts';
import { type Leg, openNotional } from '../accounts/leg.ts';
import { priceSpan } from '../instruments/price-span.ts';
import { type HouseAccount, houseAccounts } from '../ledger/ledger-account.ts';
import { usedMargin } from '../margin/used-margin.ts';
import { micros } from '../numbers/units.ts';
import { legPnl } from '../positions/unrealized-pnl.ts';
import type { Shard } from './shard.ts';

/** What a shard holds, added up anew from its positions and balances. Money in micros. */
export interface ConservationReport {
  readonly clientBalances: bigint;
  readonly house: Readonly<Record<HouseAccount, bigint>>;
  /** Of all ledger balances: 0, or money has come from nowhere. */
  readonly sum: bigint;
  /** Clients' unrealized profit and loss at the newest quotes; the house's is its opposite. */
  readonly unrealizedPnl: bigint;
  readonly accounts: number;
  readonly openPositions: number;
  readonly pendingOrders: number;
  /** Every running sum that is not what its parts add up to; empty on a sound shard. */
  readonly faults: readonly string[];
}

/** Audits the running sums of a shard. Reads all of it (10⁵ positions take tens of milliseconds), changes nothing. */
export function conservationReport(shard: Shard): ConservationReport {
  const faults: string[] = [];
  let clientBalances = 0n;
  let unrealizedPnl = 0n;
  let grossNotional = 0;
  let openPositions = 0;
  let pendingOrders = 0;
  for (const account of shard.accounts.values()) {
    clientBalances += BigInt(account.balance);
    for (const leg of account.legs) unrealizedPnl += BigInt(legPnl(leg));
    auditAccount(account, faults);
    grossNotional += account.openNotional;
    openPositions += account.openPositions;
    pendingOrders += account.pendingOrders;
  }
  auditMarkets(shard, faults);
  compare(faults, 'firm: gross notional', shard.grossNotional, grossNotional);
  compare(faults, 'firm: open positions', shard.positions.size, openPositions);
  compare(faults, 'firm: pending orders', shard.orders.size, pendingOrders);
  const entries = houseAccounts.map((account) => [account, shard.house[account].value] as const);
  const sum = entries.reduce((total, [, value]) => total + value, clientBalances);
  if (sum !== 0n) faults.push(`ledger: balances sum to ${sum}, not to 0`);
  const house = Object.fromEntries(entries) as Record<HouseAccount, bigint>;
  const accounts = shard.accounts.size;
  return { clientBalances, house, sum, unrealizedPnl, accounts, openPositions, pendingOrders, faults };
}

function auditAccount(account: Account, faults: string[]): void {
  const name = `account ${account.id}`;
  let margin = 0;
  let notional = 0;
  let reach = 0;
  let positions = 0;
  for (const leg of account.legs) {
    positions += auditLeg(leg, `${name}, ${leg.market.terms.asset}`, faults);
    margin += leg.margin;
    notional += openNotional(leg, 'long') + openNotional(leg, 'short');
    reach += (leg.longQuantity + leg.shortQuantity) * priceSpan(leg.market.terms) * leg.market.terms.tickValue;
  }
  let orders = 0;
  for (let order = account.firstOrder; order !== null; order = order.next) orders += 1;
  compare(faults, `${name}: used margin`, account.usedMargin, margin);
  compare(faults, `${name}: open notional`, account.openNotional, notional);
  compare(faults, `${name}: reach`, account.reach, reach);
  compare(faults, `${name}: open positions`, account.openPositions, positions);
  compare(faults, `${name}: pending orders`, account.pendingOrders, orders);
  if (account.balance < 0 && account.openPositions === 0 && account.profile.negativeBalanceProtection) {
    faults.push(`${name}: balance ${account.balance} is below zero without positions`);
  }
}

/** @returns number of the leg's positions. */
function auditLeg(leg: Leg, name: string, faults: string[]): number {
  const { tickValue, assetClass } = leg.market.terms;
  const sums = { longQuantity: 0, longCost: 0, shortQuantity: 0, shortCost: 0 };
  const notionals = { long: 0, short: 0 };
  let positions = 0;
  for (let position = leg.firstPosition; position !== null; position = position.next) {
    positions += 1;
    sums[`${position.side}Quantity`] += position.quantity;
    sums[`${position.side}Cost`] += position.cost;
    notionals[position.side] += Math.abs(position.cost) * tickValue;
    if (position.quantity <= 0) faults.push(`${name}: position ${position.id} has quantity ${position.quantity}`);
  }
  for (const key of Object.keys(sums) as (keyof typeof sums)[]) compare(faults, `${name}: ${key}`, leg[key], sums[key]);
  const tiers = leg.account.profile.leverage[assetClass];
  const margin = usedMargin(tiers, micros(notionals.long), micros(notionals.short));
  compare(faults, `${name}: margin`, leg.margin, margin);
  return positions;
}

function auditMarkets(shard: Shard, faults: string[]): void {
  const held = new Map([...shard.markets.keys()].map((asset) => [asset, { long: 0, short: 0 }]));
  for (const { side, quantity, leg } of shard.positions.values()) {
    const sums = held.get(leg.market.terms.asset);
    if (sums !== undefined) sums[side] += quantity;
  }
  for (const [asset, market] of shard.markets) {
    compare(faults, `${asset}: clients' longs`, market.clientLong, held.get(asset)?.long ?? 0);
    compare(faults, `${asset}: clients' shorts`, market.clientShort, held.get(asset)?.short ?? 0);
  }
}

function compare(faults: string[], what: string, kept: number, found: number): void {
  if (kept !== found) faults.push(`${what} is kept as ${kept}, and is ${found}`);
}
