import {
  countDecimals,
  defaultInstruments,
  formatDecimal,
  type Micros,
  parseDecimal,
  type Steps,
  type TickSteps,
  type Ticks,
} from '@repo/trading-core';

/** Digits of an average beyond those of the tick size. */
const AVERAGE_DIGITS = 4;
const MONEY_DIGITS = 6;
const MONEY_DIGITS_SHOWN = 2;

/** Writes ticks and steps of an instrument as the decimals of the wire. */
export interface AssetUnits {
  readonly price: (count: Ticks) => string;
  readonly quantity: (count: Steps) => string;
  /** cost / quantity, rounded half-even to four digits more than the tick size has; "0" of nothing. */
  readonly averagePrice: (cost: TickSteps | bigint, quantity: Steps | bigint) => string;
}

const known: ReadonlyMap<string, AssetUnits> = new Map(
  defaultInstruments.map(({ asset, tickSize, quantityStep }) => [asset, createUnits(tickSize, quantityStep)]),
);

/** @throws of an asset that no instrument has. */
export function unitsOf(asset: string): AssetUnits {
  const units = known.get(asset);
  if (units === undefined) throw new Error(`no instrument ${asset}`);
  return units;
}

/** Micros as a decimal with two to six digits after the point: 1_500_000 → "1.50". */
export function moneyText(amount: Micros): string {
  return trimmed(formatDecimal(amount, MONEY_DIGITS), MONEY_DIGITS_SHOWN);
}

/** Parts per million as percent: 500 → "0.05". */
export function percentText(ppm: number): string {
  return trimmed(formatDecimal(ppm, 4), 0);
}

function createUnits(tickSize: string, quantityStep: string): AssetUnits {
  const decimals = countDecimals(tickSize);
  const tick = BigInt(parseDecimal(tickSize, decimals) as number);
  const scale = 10n ** BigInt(AVERAGE_DIGITS);
  return {
    price: multiplesOf(tickSize),
    quantity: multiplesOf(quantityStep),
    averagePrice: (cost, quantity) => {
      if (BigInt(quantity) === 0n) return '0';
      const average = divideHalfEven(BigInt(cost) * tick * scale, BigInt(quantity));
      return trimmed(formatDecimal(Number(average), decimals + AVERAGE_DIGITS), decimals);
    },
  };
}

function multiplesOf(size: string): (count: number) => string {
  const decimals = countDecimals(size);
  const unit = parseDecimal(size, decimals) as number;
  return (count) => formatDecimal(count * unit, decimals);
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = 2n * (magnitude % denominator);
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const rounded = isUp ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** Without zeros at the end, but with so many digits after the point. */
function trimmed(text: string, digitsMin: number): string {
  const point = text.indexOf('.');
  if (point < 0) return text;
  let end = text.length;
  while (end > point + 1 + digitsMin && text[end - 1] === '0') end -= 1;
  return text.slice(0, end === point + 1 ? point : end);
}
