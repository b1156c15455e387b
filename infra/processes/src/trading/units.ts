import { ceilDivide } from '@repo/testing/exact';

// The auditor's own copy of what TRADING.md says of instruments and profiles: nothing of it comes from the core.

/** Decimals of a tick and of a step. */
const decimals: Readonly<Record<string, readonly [tick: number, step: number]>> = {
  BTC_USDC: [1, 5],
  ETH_USDC: [2, 4],
  SOL_USDC: [2, 2],
  BNB_USDC: [2, 3],
  DOGE_USDC: [5, 0],
};
const MONEY_DECIMALS = 6;

export const STOP_OUT_PERCENT = 50n;
export const MARGIN_CALL_PERCENT = 100n;
const cryptoLeverage: Readonly<Record<string, bigint>> = { esma: 2n, professional: 20n };

/** Micros that a step gains by a tick. */
export function tickValueOf(asset: string): bigint {
  const [tick, step] = decimalsOf(asset);
  return 10n ** BigInt(MONEY_DECIMALS - tick - step);
}

export function ticksOf(asset: string, price: string): bigint {
  return whole(price, decimalsOf(asset)[0]);
}

export function stepsOf(asset: string, quantity: string): bigint {
  return whole(quantity, decimalsOf(asset)[1]);
}

export function microsOf(amount: string): bigint {
  return whole(amount, MONEY_DECIMALS);
}

/** Rounded up to the micro. */
export function marginOf(profile: string, notional: bigint): bigint {
  const leverage = cryptoLeverage[profile];
  if (leverage === undefined) throw new Error(`no profile ${profile}`);
  return ceilDivide(notional, leverage);
}

function decimalsOf(asset: string): readonly [number, number] {
  const known = decimals[asset];
  if (known === undefined) throw new Error(`no instrument ${asset}`);
  return known;
}

/** `text` in units of 10^-digits. @throws when it has a finer part. */
function whole(text: string, digits: number): bigint {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  const fraction = (match?.[3] ?? '').replace(/0+$/, '');
  if (match === null || fraction.length > digits) throw new Error(`${text} is not a multiple of 10^-${digits}`);
  const size = BigInt(`${match[2]}${fraction.padEnd(digits, '0')}`);
  return match[1] === '-' ? -size : size;
}
