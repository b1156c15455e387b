'use client';

import { Badge } from '@repo/ui';
import { formatAge, useFreshness, useQuoteAge } from './use-freshness.ts';
import type { Instrument } from './use-instruments.ts';

const WORDS = { stale: 'Stale', down: 'No feed', offline: 'Offline' } as const;

/** The name of an instrument or, while its price is old, how old. One line either way. */
export function FreshnessNote({ instrument }: { readonly instrument: Instrument }) {
  const freshness = useFreshness(instrument.asset);
  const age = useQuoteAge(instrument, freshness);
  if (freshness === 'live' || freshness === 'loading')
    return <span className="block h-5 truncate text-xs/5 text-muted">{instrument.name}</span>;
  return (
    <span className="flex h-5">
      <Badge tone={freshness === 'stale' ? 'caution' : 'down'}>
        {WORDS[freshness]}
        {age !== undefined && <span className="tabular-nums">{formatAge(age)}</span>}
      </Badge>
    </span>
  );
}
