import { z } from 'zod';
import { AssetSchema, IdSchema } from './common.ts';
import { QueryIntSchema, QueryTimeSchema } from './http.ts';
import { CursorSchema, ItemIdSchema } from './trading.ts';

// No ids: a query is documented parameter by parameter, not as a component.

/** Items of a page, unless told otherwise and at most. */
export const pageItemsDefault = 100;
export const pageItemsMax = 500;

export const AccountQuerySchema = z.strictObject({
  accountId: IdSchema.optional().describe('The oldest account unless told'),
});

const PageQuerySchema = AccountQuerySchema.extend({
  limit: QueryIntSchema.pipe(z.int().min(1).max(pageItemsMax))
    .optional()
    .describe(`Items at most, ${pageItemsDefault} unless told`),
  cursor: CursorSchema.optional().describe('`nextCursor` of the page before'),
});

export const OrdersQuerySchema = PageQuerySchema.extend({
  status: z.enum(['open', 'ended']).optional().describe('All of them unless told'),
  asset: AssetSchema.optional(),
});
export const ClosedPositionsQuerySchema = PageQuerySchema.extend({ asset: AssetSchema.optional() });
export const FillsQuerySchema = PageQuerySchema.extend({
  orderId: ItemIdSchema.optional(),
  positionId: ItemIdSchema.optional(),
});
export const LedgerQuerySchema = PageQuerySchema;

/** The current month unless told, by UTC. */
export const StatementQuerySchema = AccountQuerySchema.extend({
  from: QueryTimeSchema.optional().describe('ms since the epoch, inclusive'),
  to: QueryTimeSchema.optional().describe('ms since the epoch, exclusive'),
});
