'use client';

import { WifiOff } from 'lucide-react';
import { usePrices } from '../prices/prices-provider.tsx';

/** Says across the screen that prices stand still, or that a sign-out did not get through. */
export function OfflineBar({ signOutFailed }: { readonly signOutFailed: boolean }) {
  const offline = usePrices(({ stream }) => stream === 'reconnecting' || stream === 'closed');
  const text = offline
    ? 'No connection to the server. Prices stand still; they go on by themselves when it is back.'
    : signOutFailed
      ? 'Signing out did not reach the server. Try again.'
      : undefined;
  return (
    <div role="alert">
      {text !== undefined && (
        <p className="flex items-center gap-2 bg-down-tint px-4 py-2 text-sm text-down">
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          {text}
        </p>
      )}
    </div>
  );
}
