'use client';

import { cx, useFlash } from '@repo/ui';
import type { ReactNode } from 'react';

export interface FlashCellProps {
  /** What rises or falls. */
  readonly value: number;
  readonly children: ReactNode;
  readonly className?: string;
}

/** Content that is tinted for a moment when its value moves. */
export function FlashCell({ value, children, className }: FlashCellProps) {
  const cell = useFlash<HTMLSpanElement>(value);
  return (
    <span ref={cell} className={cx('inline-block rounded px-1', className)}>
      {children}
    </span>
  );
}
