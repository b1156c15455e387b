import { type RefusalCode, refusals } from '@repo/trading-core';
import type { PresentedFigures } from './present/present-figures.ts';

/** A refusal as a sentence, with its figures as they are presented. */
export function explainRefusal(code: RefusalCode, figures: PresentedFigures): string {
  const of = (name: string) => String(figures[name] ?? 'unknown');
  switch (code) {
    case 'invalid-command':
      return `The request cannot be carried out: ${of('reason')}.`;
    case 'unknown-account':
    case 'duplicate-account':
      return `${refusals[code].means.slice(0, -1)}: ${of('accountId')}.`;
    case 'unknown-profile':
      return `There is no profile ${of('profile')}.`;
    case 'duplicate-client-order-id':
      return `The clientOrderId ${of('clientOrderId')} is that of order ${of('orderId')}, which has other terms.`;
    case 'unknown-instrument':
      return `There is no instrument ${of('asset')}.`;
    case 'order-not-open':
      return `The order ${of('orderId')} is not pending.`;
    case 'position-not-open':
      return `The position ${of('positionId')} is not open.`;
    case 'instrument-halted':
      return of('state') === 'reducing'
        ? `In ${of('asset')} only what reduces a position is possible now.`
        : `Trading in ${of('asset')} is halted.`;
    case 'quantity-not-a-step':
      return `The quantity ${of('quantity')} is not a whole number of the instrument's steps.`;
    case 'quantity-below-minimum':
      return `The quantity ${of('quantity')} is below the minimum of ${of('min')}.`;
    case 'quantity-above-maximum':
      return `The quantity ${of('quantity')} is above ${of('max')}, the most that is possible.`;
    case 'price-not-a-tick':
      return `The ${of('field')} ${of('price')} is not a whole number of ticks between ${of('min')} and ${of('max')}.`;
    case 'price-not-live':
      return `The price of ${of('asset')} is ${of('status')}: there is nothing to trade at.`;
    case 'level-on-wrong-side':
      return `The ${of('field')} ${of('level')} lies on the wrong side of the price, ${of('price')}.`;
    case 'slippage-exceeded':
      return `The price is ${of('price')}, more than ${of('maxSlippage')} away from ${of('seenPrice')}.`;
    case 'amount-too-large':
      return `The amount ${of('notional' in figures ? 'notional' : 'amount')} is too large for exact figures.`;
    case 'exposure-limit':
      return `The limit ${of('limit')} is ${of('max')}: ${of('current')} is there, and ${of('added')} would be added.`;
    case 'insufficient-margin':
      return 'amount' in figures
        ? `The free margin is ${of('freeMargin')}: ${of('amount')} cannot be withdrawn.`
        : `The equity would be ${of('equity')} and the used margin ${of('usedMargin')}: ${of('freeMargin')} free.`;
    case 'insufficient-balance':
      return `The balance of ${of('balance')} does not suffice for ${of('amount')}.`;
    case 'invalid-quote':
    case 'quote-out-of-order':
      return refusals[code].means;
  }
}
