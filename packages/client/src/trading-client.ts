import {
  type AccountQuerySchema,
  AccountSchema,
  AccountsSchema,
  AllPositionsClosedSchema,
  type BatchSchema,
  type ClosedPositionsQuerySchema,
  ClosedPositionsSchema,
  type ClosePositionSchema,
  FillExplanationSchema,
  type FillsQuerySchema,
  FillsSchema,
  type LedgerQuerySchema,
  LedgerSchema,
  type ModifyOrderSchema,
  type ModifyPositionSchema,
  type OpenAccountSchema,
  OrderChangedSchema,
  OrderPlacedSchema,
  OrderSchema,
  OrdersCancelledSchema,
  type OrdersQuerySchema,
  OrdersSchema,
  type PlaceOrderSchema,
  PositionChangedSchema,
  PositionsClosedSchema,
  PositionsSchema,
  ProfilesSchema,
  type StatementQuerySchema,
  StatementSchema,
  TransferDoneSchema,
  type TransferSchema,
} from '@repo/schemas';
import { z } from 'zod';
import type { HttpRequest } from './http-transport.ts';
import { type NamedCallOptions, untilAnswered } from './until-answered.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * Accounts, orders, positions and the ledger. Prices, quantities and money are decimal strings. Where an `accountId` may
 * be left out it is the user's oldest account. Lists can be handed to `everyItem` as they are.
 */
export interface TradingClient {
  profiles(call?: CallOptions): Promise<z.infer<typeof ProfilesSchema>>;
  /** The user's accounts, oldest first. */
  accounts(call?: CallOptions): Promise<z.infer<typeof AccountsSchema>>;
  openAccount(body: z.infer<typeof OpenAccountSchema>, call?: NamedCallOptions): Promise<z.infer<typeof AccountSchema>>;
  account(query?: z.infer<typeof AccountQuerySchema>, call?: CallOptions): Promise<z.infer<typeof AccountSchema>>;
  deposit(
    accountId: string,
    body: z.infer<typeof TransferSchema>,
    call?: NamedCallOptions,
  ): Promise<z.infer<typeof TransferDoneSchema>>;
  withdraw(
    accountId: string,
    body: z.infer<typeof TransferSchema>,
    call?: NamedCallOptions,
  ): Promise<z.infer<typeof TransferDoneSchema>>;

  placeOrder(
    body: z.infer<typeof PlaceOrderSchema>,
    call?: NamedCallOptions,
  ): Promise<z.infer<typeof OrderPlacedSchema>>;
  order(orderId: string, call?: CallOptions): Promise<z.infer<typeof OrderSchema>>;
  /** Newest first. */
  readonly orders: (
    query?: z.infer<typeof OrdersQuerySchema>,
    call?: CallOptions,
  ) => Promise<z.infer<typeof OrdersSchema>>;
  modifyOrder(
    orderId: string,
    body: z.infer<typeof ModifyOrderSchema>,
    call?: CallOptions,
  ): Promise<z.infer<typeof OrderChangedSchema>>;
  cancelOrder(orderId: string, call?: CallOptions): Promise<z.infer<typeof OrderChangedSchema>>;
  cancelAllOrders(
    body?: z.infer<typeof BatchSchema>,
    call?: CallOptions,
  ): Promise<z.infer<typeof OrdersCancelledSchema>>;

  /** Those that are open. */
  positions(query?: z.infer<typeof AccountQuerySchema>, call?: CallOptions): Promise<z.infer<typeof PositionsSchema>>;
  /** Last closed first. */
  readonly closedPositions: (
    query?: z.infer<typeof ClosedPositionsQuerySchema>,
    call?: CallOptions,
  ) => Promise<z.infer<typeof ClosedPositionsSchema>>;
  modifyPosition(
    positionId: string,
    body: z.infer<typeof ModifyPositionSchema>,
    call?: CallOptions,
  ): Promise<z.infer<typeof PositionChangedSchema>>;
  /** Without a `clientRequestId` it is never sent twice, whatever `retryForMs` says. */
  closePosition(
    positionId: string,
    body?: z.infer<typeof ClosePositionSchema>,
    call?: NamedCallOptions,
  ): Promise<z.infer<typeof PositionsClosedSchema>>;
  closeAllPositions(
    body?: z.infer<typeof BatchSchema>,
    call?: CallOptions,
  ): Promise<z.infer<typeof AllPositionsClosedSchema>>;

  /** Newest first. */
  readonly fills: (
    query?: z.infer<typeof FillsQuerySchema>,
    call?: CallOptions,
  ) => Promise<z.infer<typeof FillsSchema>>;
  /** Why a fill happened, in figures and in sentences. */
  explainFill(fillId: string, call?: CallOptions): Promise<z.infer<typeof FillExplanationSchema>>;
  /** Newest first. */
  readonly ledger: (
    query?: z.infer<typeof LedgerQuerySchema>,
    call?: CallOptions,
  ) => Promise<z.infer<typeof LedgerSchema>>;
  statement(query?: z.infer<typeof StatementQuerySchema>, call?: CallOptions): Promise<z.infer<typeof StatementSchema>>;
  /** The same as a file for a spreadsheet. */
  statementCsv(query?: z.infer<typeof StatementQuerySchema>, call?: CallOptions): Promise<string>;
}

/** Sends a request of the session's user. */
export type SendInSession = <S extends z.ZodType>(request: HttpRequest<S>) => Promise<z.infer<S>>;

const PREFIX = '/api/v1';

export function createTradingClient(send: SendInSession): TradingClient {
  function get<S extends z.ZodType>(path: string, query: object, answer: S, call: CallOptions = {}) {
    return send({ method: 'GET', path: `${PREFIX}${path}${queryText(query)}`, answer, ...call });
  }
  const say =
    (method: 'POST' | 'PATCH' | 'DELETE') =>
    <S extends z.ZodType>(path: string, body: unknown, answer: S, { signal }: CallOptions = {}) =>
      send({ method, path: `${PREFIX}${path}`, body, answer, ...(signal && { signal }) });
  const [post, patch, remove] = [say('POST'), say('PATCH'), say('DELETE')];
  const transfer = (id: string, kind: string, body: z.infer<typeof TransferSchema>, call: NamedCallOptions = {}) =>
    untilAnswered(() => post(`/accounts/${id}/${kind}`, body, TransferDoneSchema, call), call);

  return {
    profiles: (call) => get('/profiles', {}, ProfilesSchema, call),
    accounts: (call) => get('/accounts', {}, AccountsSchema, call),
    openAccount: (body, call) => untilAnswered(() => post('/accounts', body, AccountSchema, call), call),
    account: (query = {}, call) => get('/account', query, AccountSchema, call),
    deposit: (id, body, call) => transfer(id, 'deposits', body, call),
    withdraw: (id, body, call) => transfer(id, 'withdrawals', body, call),

    placeOrder: (body, call) => untilAnswered(() => post('/orders', body, OrderPlacedSchema, call), call),
    order: (id, call) => get(`/orders/${id}`, {}, OrderSchema, call),
    orders: (query = {}, call) => get('/orders', query, OrdersSchema, call),
    modifyOrder: (id, body, call) => patch(`/orders/${id}`, body, OrderChangedSchema, call),
    cancelOrder: (id, call) => remove(`/orders/${id}`, undefined, OrderChangedSchema, call),
    cancelAllOrders: (body = {}, call) => post('/orders/cancel-all', body, OrdersCancelledSchema, call),

    positions: (query = {}, call) => get('/positions', query, PositionsSchema, call),
    closedPositions: (query = {}, call) => get('/positions/closed', query, ClosedPositionsSchema, call),
    modifyPosition: (id, body, call) => patch(`/positions/${id}`, body, PositionChangedSchema, call),
    closePosition: (id, body = {}, call = {}) => {
      const once = () => post(`/positions/${id}/close`, body, PositionsClosedSchema, call);
      return body.clientRequestId === undefined ? once() : untilAnswered(once, call);
    },
    closeAllPositions: (body = {}, call) => post('/positions/close-all', body, AllPositionsClosedSchema, call),

    fills: (query = {}, call) => get('/fills', query, FillsSchema, call),
    explainFill: (id, call) => get(`/fills/${id}/explanation`, {}, FillExplanationSchema, call),
    ledger: (query = {}, call) => get('/ledger', query, LedgerSchema, call),
    statement: (query = {}, call) => get('/statement', query, StatementSchema, call),
    statementCsv: (query = {}, call = {}) =>
      send({
        method: 'GET',
        path: `${PREFIX}/statement.csv${queryText(query)}`,
        answer: z.string(),
        isText: true,
        ...call,
      }),
  };
}

/** `?name=value…`, or nothing. */
export function queryText(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
