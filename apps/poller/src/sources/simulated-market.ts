import { formatDecimal, type Instrument, parseDecimal } from '@repo/trading-core';
import { normal, type Random, seededRandom } from './seeded-random.ts';

/** One step of a simulated market. */
export interface SimulatedQuote {
  /** How long after the quote before, ms. */
  readonly afterMs: number;
  readonly bid: string;
  readonly ask: string;
}

/** What a simulated market starts from and returns to. */
interface Character {
  readonly price: number;
  readonly quotesPerSecond: number;
  /** Usual spread in ticks. */
  readonly spreadTicks: number;
}

const characters: Readonly<Record<string, Character>> = {
  SOL: { price: 195.8, quotesPerSecond: 6, spreadTicks: 2 },
  BTC: { price: 109_400, quotesPerSecond: 8, spreadTicks: 8 },
  ETH: { price: 3_920, quotesPerSecond: 7, spreadTicks: 10 },
  DOGE: { price: 0.1965, quotesPerSecond: 2, spreadTicks: 2 },
  BNB: { price: 1_085, quotesPerSecond: 3, spreadTicks: 8 },
};
const unknownCharacter: Character = { price: 100, quotesPerSecond: 4, spreadTicks: 2 };

// Livelier than the real thing, whose daily move of some 3 % would be 1 basis point a second.
const VOLATILITY_PER_ROOT_SECOND = 0.0002;
// Pulls the price back to where it started within hours, so that a demo of days stays believable.
const REVERSION_PER_SECOND = 1 / 14_400;
// Jumps are far below the 3 % that the filter doubts, and far enough apart not to add up to it.
const JUMP_CHANCE_PER_QUOTE = 1 / 600;
const JUMP_MAX = 0.008;
const JUMP_GAP_MS = 15_000;
const QUIET_CHANCE_PER_QUOTE = 1 / 150;
// Shorter than the age at which the asset turns stale.
const QUIET_PART_OF_STALE = 0.7;

/** An endless walk of one instrument's quotes; the same for the same seed. */
export function* simulateMarket(instrument: Instrument, seed: number): Generator<SimulatedQuote, never> {
  const random = seededRandom(seed ^ hash(instrument.asset));
  const { price, quotesPerSecond, spreadTicks } = characters[instrument.base] ?? unknownCharacter;
  const decimals = instrument.priceDecimals;
  const tickUnits = parseDecimal(instrument.tickSize, decimals) ?? 1;
  const tick = tickUnits / 10 ** decimals;
  let logDistance = 0;
  let sinceJumpMs = 0;
  for (;;) {
    const afterMs = nextDelayMs(random, instrument, quotesPerSecond);
    const seconds = afterMs / 1_000;
    logDistance += normal(random) * VOLATILITY_PER_ROOT_SECOND * Math.sqrt(seconds);
    logDistance -= logDistance * REVERSION_PER_SECOND * seconds;
    sinceJumpMs += afterMs;
    if (sinceJumpMs > JUMP_GAP_MS && random() < JUMP_CHANCE_PER_QUOTE) {
      logDistance += (random() * 2 - 1) * JUMP_MAX;
      sinceJumpMs = 0;
    }
    const width = Math.max(1, Math.round(spreadTicks * (0.5 + random())));
    const bidTicks = Math.max(1, Math.round((price * Math.exp(logDistance)) / tick - width / 2));
    yield {
      afterMs,
      bid: formatDecimal(bidTicks * tickUnits, decimals),
      ask: formatDecimal((bidTicks + width) * tickUnits, decimals),
    };
  }
}

/** Exponential waits, as of independent traders, and now and then a quiet spell. */
function nextDelayMs(random: Random, instrument: Instrument, quotesPerSecond: number): number {
  const quietMs = instrument.staleAfterMs * QUIET_PART_OF_STALE;
  if (random() < QUIET_CHANCE_PER_QUOTE) return quietMs * (0.3 + 0.7 * random());
  return Math.min(quietMs, (-Math.log(1 - random()) * 1_000) / quotesPerSecond);
}

/** FNV-1a: gives each asset its own walk. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
