import {
  AllPositionsClosedSchema,
  BatchSchema,
  ClosePositionSchema,
  ItemIdSchema,
  ModifyPositionSchema,
  PositionChangedSchema,
  PositionsClosedSchema,
} from '@repo/schemas';
import { refuse } from '@repo/trading-core';
import { z } from 'zod';
import type { BookNow } from '../../trading/book-now.ts';
import { carryOut } from '../../trading/carry-out.ts';
import { parseItemId } from '../../trading/item-id.ts';
import type { PositionCloser } from '../../trading/position-closer.ts';
import { refusedError } from '../../trading/refused-error.ts';
import type { TradeCommands } from '../../trading/trade-commands.ts';
import type { Api } from '../api.ts';
import type { CountCommand } from '../count-command.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { problemResponsesWithBody } from '../problem-responses.ts';
import { commandProblems, priceProblems } from '../trading-problems.ts';

export interface PositionCommandRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly countCommand: CountCommand;
  readonly commands: Pick<TradeCommands, 'ask'>;
  readonly closer: PositionCloser;
  readonly bookNow: BookNow;
}

const params = z.strictObject({ id: ItemIdSchema });
const common = { tags: ['trading'], security: [{ session: [] }] };

export function addPositionCommandRoutes(api: Api, options: PositionCommandRoutesOptions): void {
  const { principals, own, countCommand, commands, closer, bookNow } = options;
  const preValidation = principals.require('trade');

  api.patch(
    '/positions/:id',
    {
      schema: {
        ...common,
        summary: 'Set or take away stop loss, take profit and trailing stop',
        description: 'What is left out stays; `null` takes a level away.',
        params,
        body: ModifyPositionSchema,
        response: {
          200: PositionChangedSchema,
          ...problemResponsesWithBody(...commandProblems, ...priceProblems, 'not-found', 'position-not-open'),
        },
      },
      preValidation,
    },
    async (request) => {
      const { id } = request.params;
      const { accountId, asset } = await own.position(request, id);
      await countCommand(request, accountId);
      const positionId = parseItemId(id).number;
      const data = { positionId, ...request.body };
      const about = { asset, asked: request.body };
      const { shard } = await carryOut(commands, { type: 'modify-position', accountId, data }, about);
      const position = (await bookNow(accountId)).state().positions.find((one) => one.id === id);
      // One of its levels may have been reached meanwhile.
      if (position === undefined) throw refusedError(refuse('position-not-open', { positionId }), { shard });
      return { position };
    },
  );

  api.post(
    '/positions/:id/close',
    {
      schema: {
        ...common,
        summary: 'Close a position, or a part of it',
        description: 'With a `clientRequestId` a retry gets the first answer again.',
        params,
        body: ClosePositionSchema,
        response: {
          200: PositionsClosedSchema,
          ...problemResponsesWithBody(
            ...commandProblems,
            ...priceProblems,
            'not-found',
            'position-not-open',
            'slippage-exceeded',
            'duplicate-client-request-id',
          ),
        },
      },
      preValidation,
    },
    async (request) => {
      const { id } = request.params;
      const position = await own.position(request, id);
      await countCommand(request, position.accountId);
      return closer.close(id, position, request.body);
    },
  );

  api.post(
    '/positions/close-all',
    {
      schema: {
        ...common,
        summary: 'Close all positions of an account, or those in one asset',
        description: 'Those without a live price stay; it is refused when that are all.',
        body: BatchSchema,
        response: {
          200: AllPositionsClosedSchema,
          ...problemResponsesWithBody(...commandProblems, 'unknown-instrument', 'instrument-halted', 'price-not-live'),
        },
      },
      preValidation,
    },
    async (request) => {
      const account = await own.account(request, request.body.accountId);
      await countCommand(request, account.id);
      return closer.closeAll(account.id, request.body.asset);
    },
  );
}
