import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type BadgeTone = 'neutral' | 'caution' | 'up' | 'down';

const TONES: Record<BadgeTone, string> = {
  neutral: 'bg-raised text-muted',
  caution: 'bg-caution-tint text-caution',
  up: 'bg-up-tint text-up',
  down: 'bg-down-tint text-down',
};

/** A word about the state of the thing beside it. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: BadgeTone; readonly children: ReactNode }) {
  return (
    <span className={cx('inline-flex h-5 items-center gap-1 rounded px-1.5 text-2xs font-semibold', TONES[tone])}>
      {children}
    </span>
  );
}
