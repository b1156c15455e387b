'use client';

import { WifiOff } from 'lucide-react';
import { usePrices } from '../prices/prices-provider.tsx';

/** Says that prices stand still, or that a sign-out did not get through. Floats, so that nothing moves. */
export function OfflineNote({ signOutFailed }: { readonly signOutFailed: boolean }) {
  const offline = usePrices(({ stream }) => stream === 'reconnecting' || stream === 'closed');
  const text = offline
    ? 'No connection to the server. Prices stand still; they go on by themselves when it is back.'
    : signOutFailed
      ? 'Signing out did not reach the server. Try again.'
      : undefined;
  return (
    <div role="alert" className="pointer-events-none fixed inset-x-4 bottom-26 z-10 flex justify-center lg:bottom-11">
      {text !== undefined && (
        <p className="flex items-center gap-3 rounded-xl bg-down-tint px-4 py-3 text-sm text-down shadow-float">
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          {text}
        </p>
      )}
    </div>
  );
}
