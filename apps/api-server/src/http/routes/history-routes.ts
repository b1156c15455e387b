import type { BookReader } from '@repo/db';
import {
  ClosedPositionsQuerySchema,
  ClosedPositionsSchema,
  FillExplanationSchema,
  FillsQuerySchema,
  FillsSchema,
  ItemIdSchema,
  LedgerQuerySchema,
  LedgerSchema,
  OrderSchema,
  OrdersQuerySchema,
  OrdersSchema,
  pageItemsDefault,
} from '@repo/schemas';
import { z } from 'zod';
import { itemId, parseItemId } from '../../trading/item-id.ts';
import { presentClosedPosition } from '../../trading/present/present-closed-position.ts';
import { presentExplanation } from '../../trading/present/present-explanation.ts';
import { presentFill } from '../../trading/present/present-fill.ts';
import { presentLedgerEntry } from '../../trading/present/present-ledger-entry.ts';
import { presentOrder } from '../../trading/present/present-order.ts';
import type { Api } from '../api.ts';
import { createCursors, pageOf } from '../cursors.ts';
import type { Own } from '../own.ts';
import type { Principals } from '../principal.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses } from '../problem-responses.ts';
import { readProblems } from '../trading-problems.ts';

export interface HistoryRoutesOptions {
  readonly principals: Principals;
  readonly own: Own;
  readonly books: BookReader;
}

const common = { tags: ['history'], security: [{ session: [] }] };
const params = z.strictObject({ id: ItemIdSchema });
const pages = 'Newest first. Whatever is added meanwhile, an item is on one page.';

const orderCursors = createCursors<[id: number]>('orders', 1);
const closedCursors = createCursors<[closedAt: number, id: number]>('closed', 2);
const fillCursors = createCursors<[id: number]>('fills', 1);
const ledgerCursors = createCursors<[sequence: number, line: number]>('ledger', 2);

/** What the books have of an account's past. */
export function addHistoryRoutes(api: Api, options: HistoryRoutesOptions): void {
  const { principals, own, books } = options;
  const preValidation = principals.require('read');

  api.get(
    '/orders',
    {
      schema: {
        ...common,
        tags: ['trading'],
        summary: 'Orders, pending and ended',
        description: pages,
        querystring: OrdersQuerySchema,
        response: { 200: OrdersSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { accountId, limit = pageItemsDefault, cursor, status, asset } = request.query;
      const [before] = cursor === undefined ? [] : orderCursors.read(cursor);
      const account = await own.account(request, accountId);
      const rows = await books.findOrders({
        accountId: account.id,
        limit: limit + 1,
        ...(status !== undefined && { status }),
        ...(asset !== undefined && { asset }),
        ...(before !== undefined && { before }),
      });
      return pageOf(rows, limit, presentOrder, ({ id }) => orderCursors.write([id]));
    },
  );

  api.get(
    '/orders/:id',
    {
      schema: {
        ...common,
        tags: ['trading'],
        summary: 'An order, pending or ended',
        params,
        response: { 200: OrderSchema, ...problemResponses(...readProblems, 'not-found') },
      },
      preValidation,
    },
    async (request) => {
      const { id } = request.params;
      await own.order(request, id);
      const order = await books.findOrder(parseItemId(id));
      if (order === undefined) throw new ProblemError('not-found');
      return presentOrder(order);
    },
  );

  api.get(
    '/positions/closed',
    {
      schema: {
        ...common,
        summary: 'Positions that are closed, last closed first',
        description: pages,
        querystring: ClosedPositionsQuerySchema,
        response: { 200: ClosedPositionsSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { accountId, limit = pageItemsDefault, cursor, asset } = request.query;
      const place = cursor === undefined ? undefined : closedCursors.read(cursor);
      const account = await own.account(request, accountId);
      const rows = await books.findClosedPositions({
        accountId: account.id,
        limit: limit + 1,
        ...(asset !== undefined && { asset }),
        ...(place && { before: { closedAt: place[0], id: place[1] } }),
      });
      return pageOf(rows, limit, presentClosedPosition, ({ closedAt, id }) => closedCursors.write([closedAt, id]));
    },
  );

  api.get(
    '/fills',
    {
      schema: {
        ...common,
        summary: 'Fills of an account, or of one order or position of it',
        description: pages,
        querystring: FillsQuerySchema,
        response: { 200: FillsSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { accountId, limit = pageItemsDefault, cursor, orderId, positionId } = request.query;
      const [before] = cursor === undefined ? [] : fillCursors.read(cursor);
      const account = await own.account(request, accountId);
      const rows = await books.findFills({
        accountId: account.id,
        limit: limit + 1,
        ...(orderId !== undefined && { order: parseItemId(orderId) }),
        ...(positionId !== undefined && { position: parseItemId(positionId) }),
        ...(before !== undefined && { before }),
      });
      return pageOf(
        rows,
        limit,
        (row) => presentFill(row.fill, row),
        ({ fill }) => fillCursors.write([fill.id]),
      );
    },
  );

  api.get(
    '/fills/:id/explanation',
    {
      schema: {
        ...common,
        summary: 'Why a fill happened, in figures and in words',
        params,
        response: { 200: FillExplanationSchema, ...problemResponses(...readProblems, 'not-found') },
      },
      preValidation,
    },
    async (request) => {
      const found = await books.findFill(parseItemId(request.params.id));
      if (found === undefined) throw new ProblemError('not-found');
      await own.position(request, itemId(found.shard, found.fill.positionId));
      return presentExplanation(await books.explainable(found));
    },
  );

  api.get(
    '/ledger',
    {
      schema: {
        ...common,
        summary: 'What was added to an account’s balance, and taken from it',
        description: pages,
        querystring: LedgerQuerySchema,
        response: { 200: LedgerSchema, ...problemResponses(...readProblems, 'unknown-account') },
      },
      preValidation,
    },
    async (request) => {
      const { accountId, limit = pageItemsDefault, cursor } = request.query;
      const place = cursor === undefined ? undefined : ledgerCursors.read(cursor);
      const account = await own.account(request, accountId);
      const rows = await books.findLedger({
        accountId: account.id,
        limit: limit + 1,
        ...(place && { before: { sequence: place[0], line: place[1] } }),
      });
      return pageOf(
        rows,
        limit,
        (row) => presentLedgerEntry(row, account.id),
        ({ sequence, line }) => ledgerCursors.write([sequence, line]),
      );
    },
  );
}
