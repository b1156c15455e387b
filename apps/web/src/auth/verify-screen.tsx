'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { AuthCard } from './auth-card.tsx';
import { clearPendingSignUp, loadPendingSignUp, type PendingSignUp } from './pending-sign-up.ts';
import { RequestCodeForm } from './request-code-form.tsx';
import { VerifyForm } from './verify-form.tsx';

/** The second step of a sign-up. Without a first step in this tab it asks whose code it is. */
export function VerifyScreen() {
  const router = useRouter();
  // `null` until the tab's storage has been read, which only the browser can.
  const [pending, setPending] = useState<PendingSignUp | undefined | null>(null);
  useEffect(() => setPending(loadPendingSignUp()), []);

  if (pending === undefined) {
    return (
      <AuthCard title="Enter your code" intro="Which address did you sign up with? We send it a new code.">
        <RequestCodeForm onSent={setPending} />
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title="Check your mail"
      intro={
        <>
          We sent a 6-digit code to{' '}
          <span className="font-medium wrap-anywhere text-ink">{pending?.email ?? 'your address'}</span>.{' '}
          <button
            type="button"
            className="rounded font-medium text-accent hover:text-accent-strong"
            onClick={() => {
              clearPendingSignUp();
              router.push('/sign-up');
            }}
          >
            Change address
          </button>
        </>
      }
    >
      {pending === null ? <div className="h-80" /> : <VerifyForm pending={pending} onSent={setPending} />}
    </AuthCard>
  );
}
