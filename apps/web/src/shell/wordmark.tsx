import { cx } from '@repo/ui';
import Link from 'next/link';

/** The name and the mark, leading home. */
export function Wordmark({ className }: { readonly className?: string }) {
  return (
    <Link
      href="/"
      className={cx('inline-flex h-11 items-center gap-2.5 rounded-lg text-sm font-semibold tracking-tight', className)}
    >
      <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6 text-accent">
        <rect width="32" height="32" rx="8" className="fill-current" />
        <path d="M11 6v4M11 20v6M21 6v6M21 22v4" className="stroke-on-accent" strokeWidth="2" strokeLinecap="round" />
        <rect x="8" y="10" width="6" height="10" rx="1.5" className="fill-on-accent" />
        <rect x="18" y="12" width="6" height="10" rx="1.5" fill="none" className="stroke-on-accent" strokeWidth="2" />
      </svg>
      CFD-Broker
    </Link>
  );
}
