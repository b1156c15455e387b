'use client';

import { cx } from '@repo/ui';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { FreshnessNote } from './freshness-note.tsx';
import { ChangeCell, MidCell, PriceCell, SpreadCell, TrendCell } from './quote-cells.tsx';
import { symbolName } from './symbol-name.ts';
import type { Instrument } from './use-instruments.ts';

/** Columns of the watchlist: six in a row on a desk; on a phone three over three. */
export const ROW_GRID =
  'grid grid-cols-12 items-center gap-x-2 px-4 lg:grid-cols-[minmax(88px,1fr)_56px_80px_80px_58px_136px]';

export interface WatchlistRowProps {
  readonly instrument: Instrument;
  readonly selected: boolean;
  readonly onSelect: (asset: string) => void;
}

export const WatchlistRow = memo(function WatchlistRow({ instrument, selected, onSelect }: WatchlistRowProps) {
  const button = useRef<HTMLButtonElement>(null);
  // Whoever moves through the list with the keyboard keeps the focus on the chosen row.
  useEffect(() => {
    const table = button.current?.closest('table');
    if (selected && table?.contains(document.activeElement)) button.current?.focus();
  }, [selected]);
  return (
    <tr
      className={cx(
        ROW_GRID,
        'relative gap-y-1 border-b border-line py-2.5 transition-colors duration-100 lg:h-15 lg:py-0',
        selected ? 'bg-accent-tint' : 'hover:bg-raised',
      )}
    >
      <th scope="row" className="col-span-4 font-normal lg:col-span-1">
        {/* Its ::after covers the row, so the whole row is the target. */}
        <button
          ref={button}
          type="button"
          aria-current={selected || undefined}
          onClick={() => onSelect(instrument.asset)}
          className="block w-full text-left after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:-outline-offset-2 focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          <span className="block text-sm font-semibold">{symbolName(instrument.asset)}</span>
          <FreshnessNote instrument={instrument} />
        </button>
      </th>
      <td className="col-span-3 lg:col-span-1">
        <TrendCell instrument={instrument} />
      </td>
      <Figure label="Bid">
        <PriceCell instrument={instrument} side="bid" />
      </Figure>
      <Figure label="Ask">
        <PriceCell instrument={instrument} side="ask" />
      </Figure>
      <Figure label="Spread">
        <SpreadCell instrument={instrument} />
      </Figure>
      <td className="col-span-5 flex flex-col items-end justify-center lg:col-span-1">
        <MidCell instrument={instrument} />
        <span className="px-1 text-xs">
          <ChangeCell instrument={instrument} />
        </span>
      </td>
    </tr>
  );
});

/** A figure of the second line on a phone, where columns have no headers. */
function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <td className="order-last col-span-4 flex items-baseline gap-1 text-xs lg:order-none lg:col-span-1 lg:justify-end lg:text-sm">
      <span aria-hidden="true" className="text-faint lg:hidden">
        {label}
      </span>
      {children}
    </td>
  );
}
