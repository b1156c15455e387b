'use client';

import { OTPInput, REGEXP_ONLY_DIGITS } from 'input-otp';
import { CircleAlert } from 'lucide-react';
import { type ReactNode, type RefObject, useId, useSyncExternalStore } from 'react';
import { cx } from './cx.ts';

export interface OtpFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Called with the whole code when the last digit is in. */
  readonly onComplete: (code: string) => void;
  /** What is wrong with the code; takes the place of the hint. */
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** The page's CSP nonce: the field brings a style sheet of its own. */
  readonly nonce?: string | undefined;
}

const LENGTH = 6;
const PLACES = [0, 1, 2, 3, 4, 5] as const;
const never = () => () => {};

/** A 6-digit code: one input under six boxes, so paste, autofill and screen readers see a plain text field. */
export function OtpField({ label, value, onChange, onComplete, error, hint, inputRef, nonce }: OtpFieldProps) {
  const id = useId();
  // The input positions itself with style attributes, which the page's CSP refuses in HTML from the server.
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      <div className="mt-1.5 h-14">
        {inBrowser ? (
          <OTPInput
            id={id}
            ref={inputRef}
            maxLength={LENGTH}
            value={value}
            onChange={onChange}
            onComplete={onComplete}
            pattern={REGEXP_ONLY_DIGITS}
            pasteTransformer={(text) => text.replaceAll(/\D/g, '')}
            inputMode="numeric"
            autoComplete="one-time-code"
            aria-invalid={error !== undefined || undefined}
            aria-describedby={`${id}-note`}
            noScriptCSSFallback={null}
            {...(nonce === undefined ? {} : { nonce })}
            containerClassName="flex gap-2"
            render={({ slots }) =>
              slots.map((slot, place) => (
                <Box
                  key={PLACES[place]}
                  char={slot.char}
                  active={slot.isActive}
                  caret={slot.hasFakeCaret}
                  wrong={error !== undefined}
                />
              ))
            }
          />
        ) : (
          <div className="flex gap-2">
            {PLACES.map((place) => (
              <Box key={place} char={null} active={false} caret={false} wrong={false} />
            ))}
          </div>
        )}
      </div>
      <div id={`${id}-note`} className="mt-2 min-h-5 text-sm tabular-nums">
        {error === undefined ? (
          <span className="text-faint">{hint}</span>
        ) : (
          <span className="flex items-start gap-1.5 text-down">
            <CircleAlert aria-hidden="true" className="mt-[3px] size-3.5 shrink-0" />
            {error}
          </span>
        )}
      </div>
    </div>
  );
}

interface BoxProps {
  readonly char: string | null;
  readonly active: boolean;
  readonly caret: boolean;
  readonly wrong: boolean;
}

function Box({ char, active, caret, wrong }: BoxProps) {
  return (
    <span
      className={cx(
        'flex h-14 min-w-0 flex-1 items-center justify-center rounded-lg border bg-surface font-mono text-xl text-ink',
        'transition-colors duration-100',
        active ? 'border-accent outline-2 outline-accent' : wrong ? 'border-down' : 'border-line-strong',
      )}
    >
      {char}
      {caret && <span className="h-6 w-px bg-ink motion-safe:animate-pulse" />}
    </span>
  );
}
