declare const unit: unique symbol;

/** A price: an integer number of the instrument's tick sizes. */
export type Ticks = number & { readonly [unit]: 'ticks' };

/** A quantity: an integer number of the instrument's quantity steps. */
export type Steps = number & { readonly [unit]: 'steps' };

/** Money: an integer number of 10⁻⁶ of the account currency. */
export type Micros = number & { readonly [unit]: 'micros' };

/** A price times a quantity, before the tick value makes it money: what a position cost, exactly. */
export type TickSteps = number & { readonly [unit]: 'tick-steps' };

// These name the unit of a number; they do not check it. What comes from outside is checked where it enters.
export const ticks = (count: number): Ticks => count as Ticks;
export const steps = (count: number): Steps => count as Steps;
export const micros = (count: number): Micros => count as Micros;
export const tickSteps = (count: number): TickSteps => count as TickSteps;

/** Micros in one unit of the account currency. */
export const MICROS_PER_UNIT = 1_000_000;
