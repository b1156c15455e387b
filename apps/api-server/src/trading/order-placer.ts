import type { FirstAnswerReader, FirstOrderAnswer, OrderName } from '@repo/db';
import { type OrderPlaced, type PlaceOrderSchema, readCommand, type TradeCommand } from '@repo/schemas';
import { isSameOrder, type OrderTerms, type PlaceOrder, refuse, termsOf } from '@repo/trading-core';
import type { z } from 'zod';
import { Coalesced } from './coalesced.ts';
import { presentPlaced } from './present/present-answer.ts';
import { refusedError } from './refused-error.ts';
import type { AskedCommand, TradeCommands } from './trade-commands.ts';

/** Orders that are looked up with one query, at most. */
const LOOKUPS_MAX = 500;

type PlaceOrderRequest = z.infer<typeof PlaceOrderSchema>;
type OrderData = AskedCommand<'place-order'>['data'];

/**
 * Places orders, each one once: the books know an order by its client's name for ever, and answer again what was
 * answered first; what they do not know yet the engine does.
 */
export class OrderPlacer {
  readonly #commands: Pick<TradeCommands, 'ask'>;
  readonly #known: Coalesced<OrderName, FirstOrderAnswer | undefined>;

  constructor(options: { readonly commands: Pick<TradeCommands, 'ask'>; readonly answers: FirstAnswerReader }) {
    this.#commands = options.commands;
    this.#known = new Coalesced((names) => options.answers.ofOrders(names), LOOKUPS_MAX);
  }

  /** @throws RefusedError, TradingBusyError, TradingUnavailableError, DatabaseUnavailableError */
  async place(accountId: string, request: PlaceOrderRequest): Promise<OrderPlaced> {
    const data = orderData(request);
    const name = { accountId, clientOrderId: data.clientOrderId };
    const known = await this.#known.ask(name);
    if (known !== undefined) return firstAnswer(known, data);
    const { shard, outcome } = await this.#commands.ask({ type: 'place-order', accountId, data });
    switch (outcome.type) {
      case 'accepted':
        return presentPlaced(outcome.events, shard);
      case 'refused':
        throw refusedError(outcome, { shard, asset: data.asset, asked: request });
      case 'repeated': {
        // Answers are given after the commit: now the books have it.
        const first = await this.#known.ask(name);
        if (first === undefined) throw new Error(`order ${outcome.orderId} of shard ${shard} is not in the books`);
        return firstAnswer(first, data);
      }
    }
  }
}

function orderData({ accountId: _accountId, type: orderType, maxSlippage, ...rest }: PlaceOrderRequest): OrderData {
  return { ...rest, orderType, ...(maxSlippage !== undefined && { slippageMax: maxSlippage }) };
}

function firstAnswer({ shard, terms, events }: FirstOrderAnswer, data: OrderData): OrderPlaced {
  if (isSameOrder(terms, askedTerms(data))) return presentPlaced(events, shard);
  const accepted = events.find((event) => event.type === 'order-accepted');
  const figures = { clientOrderId: data.clientOrderId, orderId: accepted?.orderId ?? 0 };
  throw refusedError(refuse('duplicate-client-order-id', figures), { shard });
}

/** As the engine would read them. */
function askedTerms(data: OrderData): OrderTerms {
  const message = { type: 'place-order', accountId: '', data } as TradeCommand;
  return termsOf(readCommand(message, 0, () => undefined) as PlaceOrder);
}
