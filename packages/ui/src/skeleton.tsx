import { cx } from './cx.ts';

/** The place of something that is on its way; give it the size of that thing. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={cx('block rounded bg-raised motion-safe:animate-pulse', className)} />;
}
