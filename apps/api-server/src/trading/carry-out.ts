import type { Event } from '@repo/trading-core';
import type { RefusalContext } from './present/present-figures.ts';
import { refusedError } from './refused-error.ts';
import type { AskedCommand, CommandAnswer, TradeCommands } from './trade-commands.ts';

/** What a command has done. */
export interface CarriedOut {
  readonly shard: number;
  readonly events: readonly Event[];
}

/**
 * Asks for what can only be accepted or refused.
 *
 * @param about what the figures of a refusal are about.
 * @throws RefusedError, TradingBusyError, TradingUnavailableError
 */
export async function carryOut(
  commands: Pick<TradeCommands, 'ask'>,
  command: Exclude<AskedCommand, { type: 'place-order' }>,
  about: Omit<RefusalContext, 'shard'> = {},
): Promise<CarriedOut> {
  return carriedOut(await commands.ask(command), about);
}

/** @throws RefusedError when it was refused. */
export function carriedOut({ shard, outcome }: CommandAnswer, about: Omit<RefusalContext, 'shard'> = {}): CarriedOut {
  if (outcome.type === 'refused') throw refusedError(outcome, { ...about, shard });
  if (outcome.type === 'repeated') throw new Error(`order ${outcome.orderId} was repeated by what places no order`);
  return { shard, events: outcome.events };
}
