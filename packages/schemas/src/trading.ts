import { z } from 'zod';
import {
  AssetSchema,
  DecimalSchema,
  FeedStatusSchema,
  IdSchema,
  PriceSourceSchema,
  TimeMsSchema,
  storableText as text,
} from './common.ts';
import {
  AccountModeSchema,
  ClientOrderIdSchema,
  OrderTypeSchema,
  SideSchema,
  TimeInForceSchema,
} from './trade-topics.ts';

// The wire form of trading: prices, quantities and money are decimal strings, times ms since the epoch. What an order or
// a position does not have is left out.

/** Id of an order, a position, a fill or a ledger transaction: the account's shard, and the number in it. */
export const ItemIdSchema = z
  .string()
  .regex(/^(?:[0-9]|1[01])-[1-9][0-9]{0,14}$/, 'must be an id such as 7-42')
  .meta({ id: 'ItemId', example: '7-42' });

/** The client's own name for a request that is to have one effect, however often it is sent. */
export const ClientRequestIdSchema = ClientOrderIdSchema.meta({ id: 'ClientRequestId' });

export const ProfileNameSchema = z.enum(['esma', 'professional']).meta({ id: 'ProfileName' });

export const AccountSchema = z
  .strictObject({
    id: IdSchema,
    mode: AccountModeSchema,
    profile: ProfileNameSchema,
    currency: z.literal('USD'),
    openedAt: TimeMsSchema,
    balance: DecimalSchema,
    unrealizedPnl: DecimalSchema,
    /** Balance + unrealized profit and loss, at the newest prices. */
    equity: DecimalSchema,
    usedMargin: DecimalSchema,
    freeMargin: DecimalSchema,
    /** Equity / used margin, percent, rounded down to two digits; null without used margin. */
    marginLevel: DecimalSchema.nullable(),
    /** Told of a margin call, and not above the reset level since. */
    isMarginCalled: z.boolean(),
    /** Whether every price behind these figures is live. */
    isPriced: z.boolean(),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof AccountSchema>;
export const AccountsSchema = z.strictObject({ items: z.array(AccountSchema) }).meta({ id: 'Accounts' });

/** Another demo account for the user. The same name again is the same account. */
export const OpenAccountSchema = z
  .strictObject({
    clientRequestId: ClientRequestIdSchema,
    mode: AccountModeSchema.optional(),
    profile: ProfileNameSchema.optional(),
  })
  .meta({ id: 'OpenAccount', example: { clientRequestId: 'second', mode: 'netting' } });

export const TransferSchema = z
  .strictObject({ clientRequestId: ClientRequestIdSchema, amount: DecimalSchema })
  .meta({ id: 'Transfer', example: { clientRequestId: 'monday-1', amount: '250' } });
export const TransferDoneSchema = z
  .strictObject({ transactionId: ItemIdSchema, amount: DecimalSchema, at: TimeMsSchema })
  .meta({ id: 'TransferDone' });

export const OrderStatusSchema = z
  .enum(['accepted', 'filled', 'cancelled', 'rejected', 'expired'])
  .meta({ id: 'OrderStatus' });

export const OrderSchema = z
  .strictObject({
    id: ItemIdSchema,
    accountId: IdSchema,
    clientOrderId: ClientOrderIdSchema,
    asset: AssetSchema,
    side: SideSchema,
    type: OrderTypeSchema,
    status: OrderStatusSchema,
    quantity: DecimalSchema,
    limitPrice: DecimalSchema.optional(),
    stopPrice: DecimalSchema.optional(),
    stopLoss: DecimalSchema.optional(),
    takeProfit: DecimalSchema.optional(),
    trailingDistance: DecimalSchema.optional(),
    timeInForce: TimeInForceSchema,
    expiresAt: TimeMsSchema.optional(),
    /** Of a stop-limit order: its stop was reached, it waits at its limit. */
    isTriggered: z.boolean(),
    acceptedAt: TimeMsSchema,
    endedAt: TimeMsSchema.optional(),
    /** Of a cancelled order `client` or `stop-out`; of a rejected one the code of the refusal. */
    endReason: z.string().optional(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof OrderSchema>;

export const FillRuleSchema = z
  .enum(['market', 'limit', 'stop', 'stop-limit', 'close', 'stop-loss', 'take-profit', 'trailing-stop', 'stop-out'])
  .meta({ id: 'FillRule' });

/** The quote that something was done at. */
export const QuoteUsedSchema = z
  .strictObject({
    bid: DecimalSchema,
    ask: DecimalSchema,
    sequence: z.int().nonnegative(),
    at: TimeMsSchema,
    source: PriceSourceSchema,
  })
  .meta({ id: 'QuoteUsed' });

export const FillSchema = z
  .strictObject({
    id: ItemIdSchema,
    accountId: IdSchema,
    /** Left out when a position was closed by its owner, a level or a stop-out. */
    orderId: ItemIdSchema.optional(),
    positionId: ItemIdSchema,
    asset: AssetSchema,
    side: SideSchema,
    quantity: DecimalSchema,
    price: DecimalSchema,
    rule: FillRuleSchema,
    /** The level that the quote reached. */
    level: DecimalSchema.optional(),
    quote: QuoteUsedSchema,
    /** What the client gained; 0 where a position was opened. */
    realizedPnl: DecimalSchema,
    /** What the client paid. */
    commission: DecimalSchema,
    at: TimeMsSchema,
  })
  .meta({ id: 'Fill' });
export type Fill = z.infer<typeof FillSchema>;

export const PositionSideSchema = z.enum(['long', 'short']).meta({ id: 'PositionSide' });

export const PositionSchema = z
  .strictObject({
    id: ItemIdSchema,
    accountId: IdSchema,
    asset: AssetSchema,
    side: PositionSideSchema,
    /** 0 when it is closed. */
    quantity: DecimalSchema,
    /** Average of what is open, rounded half-even to four digits more than the tick. */
    openPrice: DecimalSchema,
    stopLoss: DecimalSchema.optional(),
    takeProfit: DecimalSchema.optional(),
    trailingDistance: DecimalSchema.optional(),
    /** Where the trailing stop is now. */
    trailingStop: DecimalSchema.optional(),
    /** Its share of the instrument's used margin; the smaller side of a hedge has none. */
    margin: DecimalSchema,
    /** Paid so far; below zero it was received. */
    swap: DecimalSchema,
    commission: DecimalSchema,
    unrealizedPnl: DecimalSchema,
    openedAt: TimeMsSchema,
  })
  .meta({ id: 'Position' });
export type Position = z.infer<typeof PositionSchema>;

/** What a fill left of a position. */
export const PositionAfterSchema = PositionSchema.pick({
  id: true,
  asset: true,
  side: true,
  quantity: true,
  openPrice: true,
}).meta({ id: 'PositionAfter' });

export const ClosedPositionSchema = z
  .strictObject({
    id: ItemIdSchema,
    accountId: IdSchema,
    asset: AssetSchema,
    side: PositionSideSchema,
    /** All that was ever opened of it. */
    quantity: DecimalSchema,
    /** Averages, rounded half-even to four digits more than the tick. */
    openPrice: DecimalSchema,
    closePrice: DecimalSchema,
    /** The rule of the last fill. */
    closedBy: FillRuleSchema,
    realizedPnl: DecimalSchema,
    swap: DecimalSchema,
    commission: DecimalSchema,
    openedAt: TimeMsSchema,
    closedAt: TimeMsSchema,
  })
  .meta({ id: 'ClosedPosition' });

export const PlaceOrderSchema = z
  .strictObject({
    accountId: IdSchema.optional().describe('The oldest account unless told'),
    clientOrderId: ClientOrderIdSchema,
    asset: AssetSchema,
    side: SideSchema,
    type: OrderTypeSchema,
    quantity: DecimalSchema,
    limitPrice: DecimalSchema.optional(),
    stopPrice: DecimalSchema.optional(),
    stopLoss: DecimalSchema.optional(),
    takeProfit: DecimalSchema.optional(),
    trailingDistance: DecimalSchema.optional(),
    timeInForce: TimeInForceSchema.optional(),
    expiresAt: TimeMsSchema.optional(),
    seenPrice: DecimalSchema.optional().describe('Of market orders: the price that the client saw'),
    maxSlippage: DecimalSchema.optional().describe('How far the fill may be from it, either way'),
  })
  .meta({
    id: 'PlaceOrder',
    example: { clientOrderId: 'first-1', asset: 'SOL_USDC', side: 'buy', type: 'market', quantity: '0.5' },
  });

/** What became of an order at once: accepted and waiting, or filled, with what it did. */
export const OrderPlacedSchema = z
  .strictObject({ order: OrderSchema, fills: z.array(FillSchema), positions: z.array(PositionAfterSchema) })
  .meta({ id: 'OrderPlaced' });
export type OrderPlaced = z.infer<typeof OrderPlacedSchema>;

const level = DecimalSchema.nullable().optional();

/** What is left out stays; `null` takes a level away. */
export const ModifyOrderSchema = z
  .strictObject({
    quantity: DecimalSchema.optional(),
    limitPrice: DecimalSchema.optional(),
    stopPrice: DecimalSchema.optional(),
    stopLoss: level,
    takeProfit: level,
    trailingDistance: level,
    expiresAt: TimeMsSchema.nullable().optional(),
  })
  .meta({ id: 'ModifyOrder' });
export const OrderChangedSchema = z.strictObject({ order: OrderSchema }).meta({ id: 'OrderChanged' });

/** What is left out stays; `null` takes a level away. A new trailing distance starts at the current price. */
export const ModifyPositionSchema = z
  .strictObject({ stopLoss: level, takeProfit: level, trailingDistance: level })
  .meta({ id: 'ModifyPosition' });
export const PositionChangedSchema = z.strictObject({ position: PositionSchema }).meta({ id: 'PositionChanged' });

export const ClosePositionSchema = z
  .strictObject({
    quantity: DecimalSchema.optional().describe('All of it unless told'),
    clientRequestId: ClientRequestIdSchema.optional().describe('Makes a retry safe'),
    seenPrice: DecimalSchema.optional(),
    maxSlippage: DecimalSchema.optional(),
  })
  .meta({ id: 'ClosePosition' });
export const PositionsClosedSchema = z
  .strictObject({ fills: z.array(FillSchema), positions: z.array(PositionAfterSchema) })
  .meta({ id: 'PositionsClosed' });

/** Which of the account's positions or orders; all of them unless told. */
export const BatchSchema = z
  .strictObject({ accountId: IdSchema.optional(), asset: AssetSchema.optional() })
  .meta({ id: 'Batch' });
export const OrdersCancelledSchema = z
  .strictObject({ orderIds: z.array(ItemIdSchema) })
  .meta({ id: 'OrdersCancelled' });
/** `remaining`: positions that stay, for want of a live price. */
export const AllPositionsClosedSchema = PositionsClosedSchema.extend({ remaining: z.array(ItemIdSchema) }).meta({
  id: 'AllPositionsClosed',
});

/** Why a transaction was made; `fill:3-17` names the fill, `swap:3-4:20779` the position and the day. */
export const LedgerCauseSchema = z.string().meta({ id: 'LedgerCause', example: 'fill:3-17' });
export const LedgerEntrySchema = z
  .strictObject({
    transactionId: ItemIdSchema,
    account: IdSchema,
    /** Above zero: the account received. */
    amount: DecimalSchema,
    cause: LedgerCauseSchema,
    at: TimeMsSchema,
  })
  .meta({ id: 'LedgerEntry' });

/** An account's ledger from one moment to another, each entry with the balance after it. */
export const StatementSchema = z
  .strictObject({
    accountId: IdSchema,
    currency: z.literal('USD'),
    /** ms since the epoch, inclusive. */
    from: TimeMsSchema,
    /** ms since the epoch, exclusive. */
    to: TimeMsSchema,
    openingBalance: DecimalSchema,
    closingBalance: DecimalSchema,
    totals: z.strictObject({
      deposits: DecimalSchema,
      withdrawals: DecimalSchema,
      realizedPnl: DecimalSchema,
      commission: DecimalSchema,
      swap: DecimalSchema,
      adjustments: DecimalSchema,
      writeOffs: DecimalSchema,
    }),
    entries: z.array(LedgerEntrySchema.extend({ balance: DecimalSchema, description: z.string() })),
  })
  .meta({ id: 'Statement' });
export type Statement = z.infer<typeof StatementSchema>;

export const CursorSchema = text(200).min(1).meta({ id: 'Cursor' });
const list = <S extends z.ZodType>(item: S) =>
  z.strictObject({
    items: z.array(item),
    /** Ask with it for what follows; null at the end. */
    nextCursor: CursorSchema.nullable(),
  });
export const OrdersSchema = list(OrderSchema).meta({ id: 'Orders' });
export const FillsSchema = list(FillSchema).meta({ id: 'Fills' });
export const ClosedPositionsSchema = list(ClosedPositionSchema).meta({ id: 'ClosedPositions' });
export const LedgerSchema = list(LedgerEntrySchema).meta({ id: 'Ledger' });
/** Never paged: an account may hold a bounded number. */
export const PositionsSchema = z.strictObject({ items: z.array(PositionSchema) }).meta({ id: 'Positions' });

/** Why a fill happened, so that anyone can compute it again. */
export const FillExplanationSchema = z
  .strictObject({
    fill: FillSchema,
    /** The side of the quote that was paid or received. */
    filledAt: z.enum(['bid', 'ask']),
    /** What came true of the price; left out for market orders, closes and stop-outs. */
    condition: z
      .strictObject({
        price: DecimalSchema,
        comparison: z.enum(['at-or-below', 'at-or-above']),
        level: DecimalSchema,
      })
      .optional(),
    /** (price × quantity − cost), turned for a short; left out where a position was opened. */
    realizedPnl: z
      .strictObject({
        price: DecimalSchema,
        quantity: DecimalSchema,
        cost: DecimalSchema,
        result: DecimalSchema,
      })
      .optional(),
    /** Notional × rate, at least the minimum; the rate in percent. */
    commission: z.strictObject({
      notional: DecimalSchema,
      ratePercent: DecimalSchema,
      minimum: DecimalSchema,
      result: DecimalSchema,
    }),
    /** Of a stop-out: the account as it was found, with every leg. */
    stopOut: z
      .strictObject({
        at: TimeMsSchema,
        balance: DecimalSchema,
        equity: DecimalSchema,
        usedMargin: DecimalSchema,
        marginLevel: DecimalSchema.nullable(),
        stopOutPercent: z.int(),
        /** The equity at which the stop-out level is reached. */
        threshold: DecimalSchema,
        legs: z.array(
          z.strictObject({
            asset: AssetSchema,
            bid: DecimalSchema,
            ask: DecimalSchema,
            status: FeedStatusSchema,
            longQuantity: DecimalSchema,
            longOpenPrice: DecimalSchema,
            shortQuantity: DecimalSchema,
            shortOpenPrice: DecimalSchema,
            unrealizedPnl: DecimalSchema,
          }),
        ),
      })
      .optional(),
    /** The same in words. */
    sentences: z.array(z.string()),
  })
  .meta({ id: 'FillExplanation' });

/** What an account needs to know beside its orders and positions. */
export const AccountNoticeSchema = z
  .strictObject({
    type: z.enum([
      'margin-called',
      'margin-call-cleared',
      'stopped-out',
      'order-rejected',
      'negative-balance-written-off',
      'swap-charged',
      'deposited',
      'withdrawn',
      'balance-adjusted',
    ]),
    at: TimeMsSchema,
    /** Decimal strings, ids and codes by name. */
    figures: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  })
  .meta({ id: 'AccountNotice' });
export type AccountNotice = z.infer<typeof AccountNoticeSchema>;

/** An account whole: its figures, its pending orders and its open positions. */
export const AccountStateSchema = z.strictObject({
  account: AccountSchema,
  orders: z.array(OrderSchema),
  positions: z.array(PositionSchema),
});
export type AccountState = z.infer<typeof AccountStateSchema>;

/**
 * What changed in an account. Orders and positions are whole: a pending or open one takes the place of the one with its
 * id, an ended or closed (quantity 0) one leaves. Figures alone come when prices have moved.
 */
export const AccountUpdateSchema = AccountStateSchema.extend({
  fills: z.array(FillSchema),
  notices: z.array(AccountNoticeSchema),
});
export type AccountUpdate = z.infer<typeof AccountUpdateSchema>;

const LeverageTiersSchema = z.array(
  z.strictObject({
    /** Of the open notional up to here; null: without end. */
    notionalMax: DecimalSchema.nullable(),
    leverage: z.int().positive(),
  }),
);

/** The rules that an account trades under. */
export const ProfileSchema = z
  .strictObject({
    name: ProfileNameSchema,
    /** By class of instrument. */
    leverage: z.record(z.string(), LeverageTiersSchema),
    marginCallPercent: z.int(),
    marginCallResetPercent: z.int(),
    stopOutPercent: z.int(),
    stopOutOrder: z.enum(['largest-loss', 'most-margin']),
    negativeBalanceProtection: z.boolean(),
    notionalMax: DecimalSchema,
    openPositionsMax: z.int(),
    pendingOrdersMax: z.int(),
  })
  .meta({ id: 'Profile' });
export const ProfilesSchema = z.strictObject({ items: z.array(ProfileSchema) }).meta({ id: 'Profiles' });
