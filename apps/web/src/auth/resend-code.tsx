'use client';

import { useState } from 'react';
import { browserApi } from '../settings/browser-api.ts';
import { formatCountdown, useCountdown } from '../shell/use-countdown.ts';
import { type PendingSignUp, savePendingSignUp } from './pending-sign-up.ts';
import { problemMessage } from './problem-message.ts';

export interface ResendCodeProps {
  readonly pending: PendingSignUp;
  readonly onSent: (pending: PendingSignUp) => void;
  readonly onError: (message: string | undefined) => void;
}

/** Asks for another code, once the server allows it. */
export function ResendCode({ pending, onSent, onError }: ResendCodeProps) {
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const seconds = useCountdown(pending.resendAtMs);

  async function resend(): Promise<void> {
    setBusy(true);
    onError(undefined);
    try {
      onSent(savePendingSignUp(pending.email, await browserApi().resendOtp({ email: pending.email })));
      setSent(true);
    } catch (error) {
      onError(problemMessage(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="mt-4 flex min-h-11 items-center justify-center gap-1.5 text-sm">
      <span role="status" className="text-muted">
        {sent ? 'A new code is on its way.' : 'Nothing arrived?'}
      </span>
      {seconds > 0 ? (
        <span className="text-faint tabular-nums">New code in {formatCountdown(seconds)}</span>
      ) : (
        <button
          type="button"
          disabled={busy}
          onClick={() => void resend()}
          className="h-11 rounded px-1 font-medium text-accent hover:text-accent-strong disabled:text-faint"
        >
          Send a new code
        </button>
      )}
    </div>
  );
}
