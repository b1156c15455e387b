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
  const dimmed = useFreshness(instrument.asset) !== 'live';
  if (price === undefined) return <Skeleton className={size === 'huge' ? 'h-9 w-32' : 'ml-auto h-4 w-14'} />;
  return (
    <FlashCell value={Number(price)} className={dimmed ? 'text-faint' : ''}>
      <Price value={price} locale={locale} decimals={instrument.priceDecimals} size={size} dimmed={dimmed} />
    </FlashCell>
  );
}

/** The mid can fall between two ticks: one digit more, small. */
export function MidCell({ instrument }: CellProps) {
  const { locale } = useSettings();
  const price = usePrices(({ quotes }) => quotes[instrument.asset]?.price);
  const dimmed = useFreshness(instrument.asset) !== 'live';
  if (price === undefined) return <Skeleton className="ml-auto h-5 w-20" />;
  return (
    <FlashCell value={price}>
      <Price
        value={price}
        locale={locale}
        decimals={instrument.priceDecimals}
        fineDigits={1}
        size="big"
        dimmed={dimmed}
      />
    </FlashCell>
  );
}

export function SpreadCell({ instrument }: CellProps) {
  const { locale } = useSettings();
  const dimmed = useFreshness(instrument.asset) !== 'live';
  const spread = usePrices(({ quotes }) => {
    const quote = quotes[instrument.asset];
    return quote && spreadOf(quote.bid, quote.ask, instrument.priceDecimals);
  });
  if (spread === undefined) return <Skeleton className="ml-auto h-4 w-9" />;
  return (
    <span className={dimmed ? 'text-faint' : 'text-muted'}>
      <Price value={spread} locale={locale} decimals={instrument.priceDecimals} />
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
  if (from === undefined || to === undefined) return <Skeleton className="ml-auto h-3.5 w-24" />;
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
