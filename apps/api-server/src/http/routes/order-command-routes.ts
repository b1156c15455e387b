import type { BookReader } from '@repo/db';
import {
  BatchSchema,
  ItemIdSchema,
  ModifyOrderSchema,
  type Order,
  OrderChangedSchema,
  OrderPlacedSchema,
  OrdersCancelledSchema,
  PlaceOrderSchema,
} from '@repo/schemas';
import { z } from 'zod';
import { carryOut } from '../../trading/carry-out.ts';
import { itemId, parseItemId } from '../../trading/item-id.ts';
import type { OrderPlacer } from '../../trading/order-placer.ts';
import { presentOrder } from '../../trading/present/present-order.ts';
import type { TradeCommands } from '../../trading/trade-commands.ts';
import type { Api } from '../api.ts';
import type { CountCommand } from '../count-command.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { problemResponses, problemResponsesWithBody } from '../problem-responses.ts';
import { commandProblems, priceProblems } from '../trading-problems.ts';

export interface OrderCommandRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly countCommand: CountCommand;
  readonly commands: Pick<TradeCommands, 'ask'>;
  readonly orders: OrderPlacer;
  readonly books: Pick<BookReader, 'findOrder'>;
}

const params = z.strictObject({ id: ItemIdSchema });
const common = { tags: ['trading'], security: [{ session: [] }] };

export function addOrderCommandRoutes(api: Api, options: OrderCommandRoutesOptions): void {
  const { principals, own, countCommand, commands, orders, books } = options;
  const preValidation = principals.require('trade');

  async function orderNow(id: string): Promise<Order> {
    const order = await books.findOrder(parseItemId(id));
    if (order === undefined) throw new Error(`order ${id} is no longer in the books`);
    return presentOrder(order);
  }

  api.post(
    '/orders',
    {
      schema: {
        ...common,
        summary: 'Place an order',
        description:
          'A market order is filled at once or refused; the others are accepted and wait. The same `clientOrderId` again gets the first answer again; a refusal does not use it up.',
        body: PlaceOrderSchema,
        response: {
          201: OrderPlacedSchema,
          ...problemResponsesWithBody(
            ...commandProblems,
            ...priceProblems,
            'unknown-instrument',
            'duplicate-client-order-id',
            'slippage-exceeded',
            'exposure-limit',
            'insufficient-margin',
          ),
        },
      },
      preValidation,
    },
    async (request, reply) => {
      const account = await own.account(request, request.body.accountId);
      await countCommand(request, account.id);
      return reply.code(201).send(await orders.place(account.id, request.body));
    },
  );

  api.patch(
    '/orders/:id',
    {
      schema: {
        ...common,
        summary: 'Change a pending order',
        description: 'It keeps its id and its age. What is left out stays; `null` takes a level away.',
        params,
        body: ModifyOrderSchema,
        response: {
          200: OrderChangedSchema,
          ...problemResponsesWithBody(...commandProblems, ...priceProblems, 'not-found', 'order-not-open'),
        },
      },
      preValidation,
    },
    async (request) => {
      const { id } = request.params;
      const { accountId, asset } = await own.order(request, id);
      await countCommand(request, accountId);
      const data = { orderId: parseItemId(id).number, ...request.body };
      await carryOut(commands, { type: 'modify-order', accountId, data }, { asset, asked: request.body });
      return { order: await orderNow(id) };
    },
  );

  api.delete(
    '/orders/:id',
    {
      schema: {
        ...common,
        summary: 'Cancel a pending order',
        description: 'Without a body.',
        params,
        response: {
          200: OrderChangedSchema,
          ...problemResponses(...commandProblems, 'not-found', 'order-not-open'),
        },
      },
      preValidation,
    },
    async (request) => {
      const { id } = request.params;
      const { accountId, asset } = await own.order(request, id);
      await countCommand(request, accountId);
      const data = { orderId: parseItemId(id).number };
      await carryOut(commands, { type: 'cancel-order', accountId, data }, { asset });
      return { order: await orderNow(id) };
    },
  );

  api.post(
    '/orders/cancel-all',
    {
      schema: {
        ...common,
        summary: 'Cancel all pending orders of an account, or those in one asset',
        body: BatchSchema,
        response: {
          200: OrdersCancelledSchema,
          ...problemResponsesWithBody(...commandProblems, 'unknown-instrument'),
        },
      },
      preValidation,
    },
    async (request) => {
      const { asset } = request.body;
      const account = await own.account(request, request.body.accountId);
      await countCommand(request, account.id);
      const data = { ...(asset !== undefined && { asset }) };
      const command = { type: 'cancel-all-orders', accountId: account.id, data } as const;
      const { shard, events } = await carryOut(commands, command, { asset });
      const cancelled = events.filter((event) => event.type === 'order-cancelled');
      return { orderIds: cancelled.map(({ orderId }) => itemId(shard, orderId)) };
    },
  );
}
