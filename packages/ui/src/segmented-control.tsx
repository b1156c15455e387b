'use client';

import { useId } from 'react';
import { cx } from './cx.ts';

export interface SegmentedControlProps<T extends string> {
  readonly label: string;
  /** `title` says in full what `label` cuts short. */
  readonly options: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** As wide as there is room, on a track of its own. */
  readonly fill?: boolean;
  readonly className?: string;
}

/** One of a few, in a row: the browser's own radio buttons, so arrow keys move between them. */
export function SegmentedControl<T extends string>(props: SegmentedControlProps<T>) {
  const name = useId();
  return (
    <fieldset
      aria-label={props.label}
      className={cx('flex min-w-0 gap-0.5', props.fill && 'rounded-xl bg-raised p-1', props.className)}
    >
      {props.options.map(({ value, label, title }) => (
        <label
          key={value}
          className={cx(
            'relative flex h-7 min-w-8 shrink-0 items-center justify-center rounded-md px-2 text-xs font-medium tabular-nums text-muted',
            'transition-colors duration-100 hover:text-ink pointer-coarse:h-11 pointer-coarse:min-w-11',
            'has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent',
            props.fill
              ? 'flex-1 has-checked:bg-surface has-checked:text-ink dark:has-checked:bg-line'
              : 'hover:bg-raised has-checked:bg-accent-tint has-checked:text-accent',
          )}
        >
          <input
            type="radio"
            name={name}
            aria-label={title ?? label}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
            className="absolute inset-0 cursor-[inherit] appearance-none rounded-md outline-none"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
