'use client';

import { Button, cx, Notice, Skeleton } from '@repo/ui';
import { CloudOff, ListX } from 'lucide-react';
import type { Instrument } from './use-instruments.ts';
import { ROW_GRID, WatchlistRow } from './watchlist-row.tsx';

export interface WatchlistProps {
  /** `undefined` while they are on their way. */
  readonly instruments: readonly Instrument[] | undefined;
  readonly failed: boolean;
  readonly onRetry: () => void;
  readonly selected: string | undefined;
  readonly onSelect: (asset: string) => void;
}

const HEADERS = ['Market', 'Trend', 'Bid', 'Ask', 'Spread', 'Mid, since start'];

/** Every market with its live price. */
export function Watchlist({ instruments, failed, onRetry, selected, onSelect }: WatchlistProps) {
  if (instruments === undefined && failed) {
    return (
      <Notice
        icon={CloudOff}
        tone="down"
        title="Markets could not be loaded"
        action={
          <Button variant="secondary" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        The server does not answer. It is asked again every few seconds.
      </Notice>
    );
  }
  if (instruments?.length === 0) {
    return (
      <Notice icon={ListX} title="No markets yet">
        The operator of this installation has not listed any instrument.
      </Notice>
    );
  }
  return (
    <table aria-label="Markets" aria-busy={instruments === undefined} className="block">
      <thead className="block max-lg:sr-only">
        <tr className={`${ROW_GRID} h-8 border-b border-line text-xs text-faint`}>
          {HEADERS.map((header, column) => (
            <th key={header} scope="col" className={cx('font-normal', column < 2 ? 'text-left' : 'pr-1 text-right')}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block">
        {instruments === undefined
          ? SKELETON_ROWS.map((row) => <SkeletonRow key={row} />)
          : instruments.map((instrument) => (
              <WatchlistRow
                key={instrument.asset}
                instrument={instrument}
                selected={instrument.asset === selected}
                onSelect={onSelect}
              />
            ))}
      </tbody>
    </table>
  );
}

const SKELETON_ROWS = [1, 2, 3, 4, 5];

function SkeletonRow() {
  return (
    <tr className={`${ROW_GRID} gap-y-1 border-b border-line py-2.5 lg:h-15 lg:py-0`}>
      <td className="col-span-4 flex flex-col gap-1.5 lg:col-span-1">
        <Skeleton className="h-4 w-20" />
        <Skeleton className="h-3.5 w-14" />
      </td>
      <td className="col-span-8 flex justify-end lg:col-span-5">
        <Skeleton className="h-7 w-3/4" />
      </td>
    </tr>
  );
}
