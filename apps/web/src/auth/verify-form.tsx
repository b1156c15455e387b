'use client';

import { ApiError } from '@repo/client';
import { Button, OtpField } from '@repo/ui';
import { MailOpen } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { closePriceConnection } from '../prices/price-connection.ts';
import { setSessionHint } from '../session/session-hint.ts';
import { browserApi } from '../settings/browser-api.ts';
import { useNonce, useSettings } from '../settings/settings-provider.tsx';
import { formatCountdown, useCountdown } from '../shell/use-countdown.ts';
import { FormError } from './form-error.tsx';
import { clearPendingSignUp, type PendingSignUp } from './pending-sign-up.ts';
import { problemMessage } from './problem-message.ts';
import { ResendCode } from './resend-code.tsx';

export interface VerifyFormProps {
  readonly pending: PendingSignUp;
  /** A new code was sent. */
  readonly onSent: (pending: PendingSignUp) => void;
}

/** Takes the code and, once it has six digits, sends it off. */
export function VerifyForm({ pending, onSent }: VerifyFormProps) {
  const router = useRouter();
  const nonce = useNonce();
  const { profile } = useSettings();
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [codeError, setCodeError] = useState<string>();
  const [formError, setFormError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const secondsLeft = useCountdown(pending.expiresAtMs);
  useEffect(() => input.current?.focus(), []);

  async function verify(otp: string): Promise<void> {
    if (busy) return;
    setBusy(true);
    setCodeError(undefined);
    setFormError(undefined);
    try {
      await browserApi().verifyOtp({ email: pending.email, otp });
      await setSessionHint(true);
      clearPendingSignUp();
      closePriceConnection();
      router.replace('/dashboard');
    } catch (error) {
      const wrong = error instanceof ApiError && error.code === 'code-incorrect';
      if (wrong) setCode('');
      (wrong ? setCodeError : setFormError)(problemMessage(error));
      setBusy(false);
      input.current?.focus();
    }
  }

  function submit(): void {
    if (code.length === 6) void verify(code);
    else {
      setCodeError('Enter all six digits.');
      input.current?.focus();
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <FormError>{formError}</FormError>
      <OtpField
        label="Code"
        value={code}
        inputRef={input}
        nonce={nonce}
        error={codeError}
        hint={
          secondsLeft > 0
            ? `The code works for ${formatCountdown(secondsLeft)}.`
            : 'The code has expired. Ask for a new one.'
        }
        onChange={(value) => {
          setCode(value);
          if (value !== '') setCodeError(undefined);
        }}
        onComplete={(otp) => void verify(otp)}
      />
      <Button type="submit" size="large" className="mt-4 w-full" pending={busy}>
        Continue
      </Button>
      <ResendCode pending={pending} onSent={onSent} onError={setFormError} />
      {profile === 'standalone' && (
        <Link
          href="/mailbox"
          target="_blank"
          className="mt-5 flex items-center gap-3 rounded-xl bg-raised px-4 py-3 text-sm text-muted hover:text-ink"
        >
          <MailOpen aria-hidden="true" className="size-5 shrink-0 text-accent" />
          <span>
            <span className="block font-medium text-ink">Open the mailbox</span>
            Mails of this installation are kept here, not sent.
          </span>
        </Link>
      )}
    </form>
  );
}
