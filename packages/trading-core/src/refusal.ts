/**
 * Why a command or a quote is refused. The order is the order of precedence: where several apply, the first one is
 * told. `retry` says whether the same command may succeed later without being changed.
 */
export const refusals = {
  'invalid-command': { retry: false, means: 'The command contradicts itself or lacks something.' },
  'invalid-quote': { retry: false, means: 'The quote is crossed, or outside the prices of the instrument.' },
  'quote-out-of-order': { retry: false, means: 'A quote with this sequence, or a later one, has been seen.' },
  'unknown-account': { retry: false, means: 'There is no such account.' },
  'duplicate-account': { retry: false, means: 'There is an account with this id.' },
  'unknown-profile': { retry: false, means: 'There is no such profile.' },
  'duplicate-client-order-id': { retry: false, means: 'Another order of the account has this clientOrderId.' },
  'unknown-instrument': { retry: false, means: 'There is no such instrument.' },
  'order-not-open': { retry: false, means: 'The account has no pending order with this id.' },
  'position-not-open': { retry: false, means: 'The account has no open position with this id.' },
  'instrument-halted': { retry: true, means: 'Trading is halted, or only reduces exposure.' },
  'quantity-not-a-step': { retry: false, means: 'The quantity is not a whole number of steps.' },
  'quantity-below-minimum': { retry: false, means: 'The quantity is below the minimum.' },
  'quantity-above-maximum': { retry: false, means: 'The quantity is above the maximum, or above what is open.' },
  'price-not-a-tick': { retry: false, means: 'A price is not a whole number of ticks within the limits.' },
  'price-not-live': { retry: true, means: 'There is no live quote of the instrument, or of one the account holds.' },
  'level-on-wrong-side': { retry: false, means: 'A level lies where the price already is or was.' },
  'slippage-exceeded': { retry: true, means: 'The price is farther from the one seen than allowed.' },
  'amount-too-large': { retry: false, means: 'A figure would leave the integers that are exact.' },
  'exposure-limit': { retry: true, means: 'A limit of the account, the instrument or the firm would be passed.' },
  'insufficient-margin': { retry: true, means: 'The free margin does not suffice.' },
  'insufficient-balance': { retry: true, means: 'The balance does not suffice.' },
} as const satisfies Readonly<Record<string, { readonly retry: boolean; readonly means: string }>>;

export type RefusalCode = keyof typeof refusals;

/** The figures behind a refusal, by name; their units are those of the fields they are named for. */
export type RefusalFigures = Readonly<Record<string, number | string | null>>;

export interface Refused {
  readonly type: 'refused';
  readonly code: RefusalCode;
  readonly figures: RefusalFigures;
}

/** Refusing changes nothing: no rule refuses after it has emitted an event. */
export function refuse(code: RefusalCode, figures: RefusalFigures = {}): Refused {
  return { type: 'refused', code, figures };
}
