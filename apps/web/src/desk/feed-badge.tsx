'use client';

import { Badge } from '@repo/ui';
import { FlaskConical, Rewind } from 'lucide-react';
import { usePrices } from '../prices/prices-provider.tsx';

const NAMES = { backpack: 'Backpack', binance: 'Binance' } as const;

/** Where prices come from; unmistakable when that is not a live market. */
export function FeedBadge() {
  const source = usePrices(({ source }) => source);
  if (source === undefined) return null;
  if (source === 'simulated') {
    return (
      <Badge tone="caution">
        <FlaskConical aria-hidden="true" className="size-3" />
        Simulated prices
      </Badge>
    );
  }
  if (source === 'replay') {
    return (
      <Badge tone="caution">
        <Rewind aria-hidden="true" className="size-3" />
        Replayed prices
      </Badge>
    );
  }
  return <Badge tone="up">Live from {NAMES[source]}</Badge>;
}
