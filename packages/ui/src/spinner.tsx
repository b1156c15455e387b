import { cx } from './cx.ts';

/** Three dots that take turns: a button at work. Still when motion is reduced. */
export function Spinner({ className }: { readonly className?: string }) {
  return (
    <span aria-hidden="true" className={cx('inline-flex gap-1', className)}>
      {['', '[animation-delay:120ms]', '[animation-delay:240ms]'].map((delay) => (
        <span key={delay} className={cx('size-1.5 rounded-full bg-current motion-safe:animate-pulse', delay)} />
      ))}
    </span>
  );
}
