'use client';

import type { Mail } from '@repo/schemas';
import { Button } from '@repo/ui';
import { ArrowLeft, Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MailTime } from './mail-time.tsx';

export interface MailViewProps {
  readonly mail: Mail;
  readonly onBack: () => void;
}

const COPIED_MS = 2_000;
const OUTCOMES = { copied: 'Copied', refused: 'Select it by hand' };

/** One mail; a code in it can be copied with one press. */
export function MailView({ mail, onBack }: MailViewProps) {
  const code = /\b[0-9]{6}\b/.exec(mail.text)?.[0];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <article className="p-5 sm:p-8">
      <Button variant="ghost" className="mb-3 -ml-3 md:hidden" onClick={onBack}>
        <ArrowLeft aria-hidden="true" className="size-4" />
        All mails
      </Button>
      <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
        {mail.subject}
      </h2>
      <p className="mt-1 text-sm text-muted">
        To {mail.to}, <MailTime at={mail.at} />
      </p>
      {code !== undefined && <CopyCode code={code} />}
      <p className="mt-6 text-base whitespace-pre-line">{mail.text}</p>
    </article>
  );
}

function CopyCode({ code }: { readonly code: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  return (
    <div className="mt-6 flex items-center justify-between gap-4 rounded-xl bg-raised py-3 pr-3 pl-5">
      <span className="font-mono text-2xl font-semibold tracking-[0.2em]">{code}</span>
      <Button variant="secondary" onClick={() => void copy()}>
        {outcome === 'copied' ? (
          <Check aria-hidden="true" className="size-4 text-up" />
        ) : (
          <Copy aria-hidden="true" className="size-4" />
        )}
        {outcome === undefined ? 'Copy code' : OUTCOMES[outcome]}
      </Button>
      <span role="status" className="sr-only">
        {outcome && OUTCOMES[outcome]}
      </span>
    </div>
  );
}
