import { cx } from './cx.ts';

export type StatusTone = 'good' | 'caution' | 'bad' | 'idle';

const TONES: Record<StatusTone, string> = {
  good: 'bg-up',
  caution: 'bg-caution',
  bad: 'bg-down',
  idle: 'bg-faint',
};

/** A state at a glance; always beside a word that says the same. */
export function StatusDot({ tone }: { readonly tone: StatusTone }) {
  return <span aria-hidden="true" className={cx('inline-block size-2 shrink-0 rounded-full', TONES[tone])} />;
}
