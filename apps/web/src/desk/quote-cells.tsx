'use client';

import { Change, directionOf, Price, Skeleton, Sparkline } from '@repo/ui';
import { usePrices } from '../prices/prices-provider.tsx';
import { useSettings } from '../settings/settings-provider.tsx';
import { FlashCell } from './flash-cell.tsx';
import { spreadOf } from './spread.ts';
import { useFreshness } from './use-freshness.ts';
import type { Instrument } from './use-instruments.ts';

// Each cell listens to its own figure, so a quote redraws what it changes and nothing else.

interface CellProps {
  readonly instrument: Instrument;
}

export interface PriceCellProps extends CellProps {
  readonly side: 'bid' | 'ask';
  readonly size?: 'plain' | 'huge';
}

export function PriceCell({ instrument, side, size = 'plain' }: PriceCellProps) {
  const { locale } = useSettings();
  const price = usePrices(({ quotes }) => quotes[instrument.asset]?.[side]);
  const fineDigits = useFineDigits(instrument);
  const dimmed = useFreshness(instrument.asset) !== 'live';
  if (price === undefined) return <NoFigure className={size === 'huge' ? 'h-9 w-32' : 'h-4 w-14'} />;
  return (
    <FlashCell value={Number(price)} className={dimmed ? 'text-faint' : ''}>
      <Price
        value={price}
        locale={locale}
        decimals={instrument.priceDecimals}
        fineDigits={fineDigits}
        size={size}
        dimmed={dimmed}
      />
    </FlashCell>
  );
}

/** The mid can fall between two steps of its sides: one digit more, small. */
export function MidCell({ instrument }: CellProps) {
  const { locale } = useSettings();
  const price = usePrices(({ quotes }) => quotes[instrument.asset]?.price);
  const fineDigits = useFineDigits(instrument) + 1;
  const dimmed = useFreshness(instrument.asset) !== 'live';
  if (price === undefined) return <NoFigure className="h-5 w-20" />;
  return (
    <FlashCell value={price}>
      <Price
        value={price}
        locale={locale}
        decimals={instrument.priceDecimals}
        fineDigits={fineDigits}
        size="big"
        dimmed={dimmed}
      />
    </FlashCell>
  );
}

export function SpreadCell({ instrument }: CellProps) {
  const { locale } = useSettings();
  const dimmed = useFreshness(instrument.asset) !== 'live';
  const decimals = instrument.priceDecimals + useFineDigits(instrument);
  const spread = usePrices(({ quotes }) => {
    const quote = quotes[instrument.asset];
    return quote && spreadOf(quote.bid, quote.ask, decimals);
  });
  if (spread === undefined) return <NoFigure className="h-4 w-9" />;
  return (
    <span className={dimmed ? 'text-faint' : 'text-muted'}>
      <Price value={spread} locale={locale} decimals={decimals} />
    </span>
  );
}

export function ChangeCell({ instrument }: CellProps) {
  const { locale } = useSettings();
  const [from, to] = usePrices(({ quotes }) => {
    const quote = quotes[instrument.asset];
    return [quote?.startPrice, quote?.price];
  });
  const dimmed = useFreshness(instrument.asset) !== 'live';
  if (from === undefined || to === undefined) return <NoFigure className="h-4 w-24" bare />;
  return <Change from={from} to={to} locale={locale} decimals={instrument.priceDecimals} dimmed={dimmed} />;
}

export function TrendCell({ instrument }: CellProps) {
  const points = usePrices(({ trails }) => trails[instrument.asset]);
  const freshness = useFreshness(instrument.asset);
  const first = points?.[0]?.value;
  const last = points?.at(-1)?.value;
  const tone =
    freshness !== 'live' || first === undefined || last === undefined
      ? 'none'
      : directionOf(last - first, instrument.priceDecimals);
  return <Sparkline points={points ?? []} tone={tone} className="h-7 w-full" />;
}

/** Digits that the source's prices have past the instrument's tick. */
function useFineDigits({ asset, priceDecimals }: Instrument): number {
  return usePrices(({ quotes }) => Math.max(0, (quotes[asset]?.decimals ?? 0) - priceDecimals));
}

/** In the place of a figure: it is on its way, or there is none. */
function NoFigure({ className, bare = false }: { readonly className: string; readonly bare?: boolean }) {
  const loaded = usePrices((prices) => prices.loaded);
  if (!loaded) return <Skeleton className={`ml-auto ${className}`} />;
  return (
    // As far from the edge as a figure in its flashing cell, unless that has none.
    <span className={bare ? 'text-faint' : 'px-1 text-faint'}>
      <span aria-hidden="true">–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
