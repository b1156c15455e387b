import { cx } from './cx.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost';
export type ButtonSize = 'medium' | 'large';

const BASE =
  'relative inline-flex items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap select-none ' +
  'transition-colors duration-100 disabled:cursor-not-allowed aria-disabled:cursor-not-allowed';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong disabled:bg-raised disabled:text-faint',
  secondary: 'bg-surface text-ink border border-line hover:bg-raised disabled:text-faint',
  ghost: 'text-muted hover:bg-raised hover:text-ink disabled:text-faint',
};

const SIZES: Record<ButtonSize, string> = {
  medium: 'h-9 px-3.5 text-sm pointer-coarse:h-11',
  large: 'h-11 px-5 text-base',
};

/** The classes of a button, for links that look like one. */
export function buttonClass(variant: ButtonVariant = 'primary', size: ButtonSize = 'medium', extra?: string): string {
  return cx(BASE, VARIANTS[variant], SIZES[size], extra);
}
