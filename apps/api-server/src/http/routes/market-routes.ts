import { CandlesQuerySchema, CandlesSchema, InstrumentsSchema, PricesSchema } from '@repo/schemas';
import { defaultInstruments } from '@repo/trading-core';
import type { CandleBoard } from '../../prices/candle-board.ts';
import type { PriceBoard } from '../../prices/price-board.ts';
import { presentedInstruments } from '../../trading/present/present-instrument.ts';
import type { Api } from '../api.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses } from '../problem-responses.ts';

const CANDLES_DEFAULT = 500;

/** Public: what the market is doing is nobody's secret. */
export function addMarketRoutes(
  api: Api,
  options: { readonly board: PriceBoard; readonly candles: CandleBoard },
): void {
  const { board, candles } = options;
  const assets = new Set(defaultInstruments.map(({ asset }) => asset));

  api.get(
    '/prices',
    {
      schema: {
        tags: ['market'],
        summary: 'The latest prices',
        response: { 200: PricesSchema, ...problemResponses() },
      },
    },
    async () => ({ prices: board.latest() }),
  );

  api.get(
    '/instruments',
    {
      schema: {
        tags: ['market'],
        summary: 'What can be traded, and on which terms',
        response: { 200: InstrumentsSchema, ...problemResponses() },
      },
    },
    async () => ({ items: [...presentedInstruments] }),
  );

  api.get(
    '/candles',
    {
      schema: {
        tags: ['market'],
        summary: 'Candles of mids',
        description: `The newest \`limit\` (${CANDLES_DEFAULT} unless told) candles that open in \`[from, to)\`, oldest first; the last may be in progress.`,
        querystring: CandlesQuerySchema,
        response: {
          200: CandlesSchema,
          ...problemResponses('invalid-request', 'unknown-instrument', 'service-unavailable'),
        },
      },
    },
    async (request) => {
      const { asset, interval, from, to, limit = CANDLES_DEFAULT } = request.query;
      if (!assets.has(asset)) throw new ProblemError('unknown-instrument');
      return { asset, interval, items: [...(await candles.find({ asset, interval, from, to, limit }))] };
    },
  );
}
