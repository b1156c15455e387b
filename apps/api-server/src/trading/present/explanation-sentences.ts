import {
  defaultInstruments,
  type FillCondition,
  type FillExplanation,
  formatDecimal,
  type Micros,
  micros,
  type Steps,
  type StopOutExplanation,
  ticks,
} from '@repo/trading-core';
import { moneyText, percentText, unitsOf } from './units.ts';

const bases: ReadonlyMap<string, string> = new Map(defaultInstruments.map(({ asset, base }) => [asset, base]));

/** What each level is called by who set it. */
const levelNames: Readonly<Partial<Record<FillExplanation['rule'], string>>> = {
  limit: 'limit',
  stop: 'stop',
  'stop-limit': 'limit',
  'stop-loss': 'stop loss',
  'take-profit': 'take profit',
  'trailing-stop': 'trailing stop',
};

/** A fill in a trader's words, with every figure that it came from. */
export function explanationSentences(
  explanation: FillExplanation,
  stopOut: StopOutExplanation | undefined,
): readonly string[] {
  return [
    ...(stopOut === undefined ? [] : stopOutSentences(stopOut)),
    ...whatHappened(explanation),
    ...gained(explanation),
    commissionSentence(explanation),
    quoteSentence(explanation),
  ];
}

function whatHappened(explanation: FillExplanation): string[] {
  const { asset, condition, filledAt, price: filled, rule, realizedPnl } = explanation;
  const price = unitsOf(asset).price(filled);
  const what = amountOf(asset, explanation.quantity);
  if (condition === null) {
    if (rule === 'stop-out')
      return [`So ${what} of your ${sideClosed(explanation)} was closed at the ${filledAt}, ${price}.`];
    if (rule === 'close')
      return [`You closed ${what} of your ${sideClosed(explanation)} at the ${filledAt}, ${price}.`];
    return [`Your market order ${did(explanation)} ${what} at the ${filledAt}, ${price}.`];
  }
  const level = unitsOf(asset).price(condition.level);
  const name = `your ${levelNames[rule] ?? rule} at ${level}`;
  const end = realizedPnl === null || isEntry(rule) ? `${did(explanation)} ${what}` : `closed ${what}`;
  const moved = condition.comparison === 'at-or-below' ? 'fell' : 'rose';
  const better = betterBy(explanation, condition);
  if (better === 0)
    return [`The ${filledAt} ${moved} to ${price} and reached ${name}, so you ${end} there: exactly at the level.`];
  const away = `${unitsOf(asset).price(ticks(Math.abs(better)))} ${better > 0 ? 'better' : 'worse'} than the level`;
  if (better > 0) return [`The ${filledAt} was ${price} and reached ${name}, so you ${end} there: ${away}.`];
  return [
    `The ${filledAt} ${moved} to ${price} and reached ${name}.`,
    `The next real price was ${price}, so you ${end} there: ${away}.`,
  ];
}

/** Ticks that the fill was better than its level; below zero it was worse. */
function betterBy({ side }: FillExplanation, { price, level }: FillCondition): number {
  return side === 'buy' ? level - price : price - level;
}

function isEntry(rule: FillExplanation['rule']): boolean {
  return rule === 'market' || rule === 'limit' || rule === 'stop' || rule === 'stop-limit';
}

function did({ side }: FillExplanation): string {
  return side === 'buy' ? 'bought' : 'sold';
}

function sideClosed({ side }: FillExplanation): string {
  return side === 'sell' ? 'long' : 'short';
}

function gained(explanation: FillExplanation): string[] {
  const { asset, realizedPnl, side } = explanation;
  if (realizedPnl === null) return [];
  const { price, quantity, averagePrice } = unitsOf(asset);
  const opened = averagePrice(realizedPnl.cost, realizedPnl.quantity);
  const [higher, lower] = [price(realizedPnl.price), opened];
  const difference = side === 'sell' ? `${higher} − ${lower}` : `${lower} − ${higher}`;
  return [
    `Your ${sideClosed(explanation)} had been opened at ${opened} on average: (${difference}) × ${quantity(realizedPnl.quantity)} ` +
      `is ${resultText(realizedPnl.result)}.`,
  ];
}

function resultText(result: Micros): string {
  if (result === 0) return 'neither a profit nor a loss';
  return `a ${result > 0 ? 'profit' : 'loss'} of ${moneyText(micros(Math.abs(result)))} USD`;
}

function commissionSentence({ commission }: FillExplanation): string {
  const { notional, ratePpm, minimum, result } = commission;
  const paid = moneyText(result);
  if (result === 0) return 'There was no commission.';
  if (minimum > 0 && result === minimum) return `The commission was ${paid} USD, the least there is.`;
  return `The commission was ${paid} USD: ${percentText(ratePpm)} % of ${moneyText(notional)} USD.`;
}

function quoteSentence({ asset, quote }: FillExplanation): string {
  const { price } = unitsOf(asset);
  const at = new Date(quote.at).toISOString();
  return `The price was number ${quote.sequence} of ${asset}, from ${quote.source} at ${at}: bid ${price(quote.bid)}, ask ${price(quote.ask)}.`;
}

function stopOutSentences({
  balance,
  equity,
  usedMargin,
  marginLevel,
  stopOutPercent,
  threshold,
  legs,
}: StopOutExplanation): string[] {
  const level = marginLevel === null ? 'nothing' : `${formatDecimal(marginLevel, 2)} %`;
  return [
    `Your margin level had fallen to ${level}, and at ${stopOutPercent} % positions are closed.`,
    `Your equity was ${moneyText(equity)} USD and your used margin ${moneyText(usedMargin)} USD: the stop-out began at an equity of ${moneyText(threshold)} USD.`,
    `The equity was your balance of ${moneyText(balance)} USD and what your positions had gained or lost:`,
    ...legs.map(legSentence),
  ];
}

function legSentence(leg: StopOutExplanation['legs'][number]): string {
  const { price, averagePrice } = unitsOf(leg.asset);
  const held = [
    ...(leg.longQuantity > 0
      ? [`long ${amountOf(leg.asset, leg.longQuantity)} from ${averagePrice(leg.longCost, leg.longQuantity)}`]
      : []),
    ...(leg.shortQuantity > 0
      ? [`short ${amountOf(leg.asset, leg.shortQuantity)} from ${averagePrice(leg.shortCost, leg.shortQuantity)}`]
      : []),
  ].join(' and ');
  const status = leg.status === 'live' ? '' : `, a price that was ${leg.status}`;
  return `${leg.asset}: ${held}, at bid ${price(leg.bid)} and ask ${price(leg.ask)}${status}: ${resultText(leg.unrealizedPnl)}.`;
}

function amountOf(asset: string, quantity: Steps): string {
  return `${unitsOf(asset).quantity(quantity)} ${bases.get(asset) ?? asset}`;
}
