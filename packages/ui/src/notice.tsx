import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface NoticeProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  /** What can be done about it. */
  readonly action?: ReactNode;
  readonly tone?: 'neutral' | 'down';
  readonly className?: string;
}

/** What a panel shows instead of its content: nothing yet, or what happened and what to do. */
export function Notice({ icon: Icon, title, children, action, tone = 'neutral', className }: NoticeProps) {
  return (
    <div className={cx('flex flex-col items-center justify-center px-6 py-10 text-center', className)}>
      <span
        className={cx(
          'flex size-10 items-center justify-center rounded-xl',
          tone === 'down' ? 'bg-down-tint text-down' : 'bg-raised text-muted',
        )}
      >
        <Icon aria-hidden="true" className="size-5" />
      </span>
      <p className="mt-4 text-base font-medium text-ink">{title}</p>
      {children !== undefined && <p className="mt-1 max-w-sm text-sm text-balance text-muted">{children}</p>}
      {action !== undefined && <div className="mt-5">{action}</div>}
    </div>
  );
}
