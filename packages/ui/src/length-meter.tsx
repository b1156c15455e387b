import { cx } from './cx.ts';

export interface LengthMeterProps {
  /** Length so far, in code points. */
  readonly length: number;
  readonly lengthMin: number;
}

/** How far a new password is from long enough. Counts; does not nag about kinds of characters. */
export function LengthMeter({ length, lengthMin }: LengthMeterProps) {
  const enough = length >= lengthMin;
  const part = Math.min(1, length / lengthMin);
  return (
    <span className="flex items-center gap-3">
      <svg aria-hidden="true" className="h-1 flex-1 overflow-hidden rounded-full bg-line">
        <rect width={`${part * 100}%`} height="100%" className={enough ? 'fill-up' : 'fill-accent'} />
      </svg>
      <span className={cx('text-xs tabular-nums', enough ? 'text-up' : 'text-faint')}>
        {enough ? 'Long enough' : `${length} of ${lengthMin} characters`}
      </span>
    </span>
  );
}
