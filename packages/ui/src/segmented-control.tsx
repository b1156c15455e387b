'use client';

import { RadioGroup } from 'radix-ui';
import { cx } from './cx.ts';

export interface SegmentedControlProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** As wide as there is room, on a track of its own. */
  readonly fill?: boolean;
  readonly className?: string;
}

/** One of a few, in a row. Arrow keys move between them. */
export function SegmentedControl<T extends string>(props: SegmentedControlProps<T>) {
  return (
    <RadioGroup.Root
      aria-label={props.label}
      orientation="horizontal"
      value={props.value}
      onValueChange={(value) => props.onChange(value as T)}
      className={cx('flex gap-0.5', props.fill && 'rounded-xl bg-raised p-1', props.className)}
    >
      {props.options.map(({ value, label, title }) => (
        <RadioGroup.Item
          key={value}
          value={value}
          aria-label={title ?? label}
          className={cx(
            'flex h-7 min-w-8 items-center justify-center gap-1.5 rounded-md px-2 text-xs font-medium tabular-nums text-muted',
            'transition-colors duration-100 hover:bg-raised hover:text-ink pointer-coarse:h-11 pointer-coarse:min-w-11',
            props.fill
              ? 'flex-1 data-[state=checked]:bg-surface data-[state=checked]:text-ink data-[state=checked]:shadow-panel'
              : 'data-[state=checked]:bg-accent-tint data-[state=checked]:text-accent',
          )}
        >
          {label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
