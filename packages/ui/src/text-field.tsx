import { CircleAlert } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  /** What is wrong with the value; takes the place of the hint. */
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
  /** A control at the end of the field. */
  readonly trailing?: ReactNode;
  /** Something at the right of the label. */
  readonly aside?: ReactNode;
}

/** A labelled input. The line under it is always there, so an error moves nothing. */
export function TextField({ label, error, hint, trailing, aside, className, ...input }: TextFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className={className}>
      <div className="flex items-baseline justify-between">
        <label htmlFor={id} className="text-sm font-medium text-ink">
          {label}
        </label>
        {aside}
      </div>
      <div className="relative mt-1.5">
        <input
          {...input}
          id={id}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={noteId}
          className={cx(
            'h-11 w-full rounded-lg border bg-surface px-3 text-base text-ink placeholder:text-faint',
            'transition-colors duration-100 hover:border-faint',
            error === undefined ? 'border-line-strong' : 'border-down',
            trailing !== undefined && 'pr-12',
          )}
        />
        {trailing !== undefined && <div className="absolute inset-y-0 right-0 flex items-center">{trailing}</div>}
      </div>
      <div id={noteId} className="mt-1.5 min-h-5 text-sm">
        {error === undefined ? (
          <span className="text-faint">{hint}</span>
        ) : (
          <span className="flex items-start gap-1.5 text-down">
            <CircleAlert aria-hidden="true" className="mt-[3px] size-3.5 shrink-0" />
            {error}
          </span>
        )}
      </div>
    </div>
  );
}
