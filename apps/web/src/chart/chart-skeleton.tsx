import { cx, Skeleton } from '@repo/ui';

const HEIGHTS = ['h-24', 'h-32', 'h-20', 'h-40', 'h-28', 'h-48', 'h-36', 'h-44', 'h-26', 'h-52', 'h-34', 'h-42'];

/** Stands for the candles that are on their way. */
export function ChartSkeleton() {
  return (
    <div className="absolute inset-0 flex items-center justify-around bg-surface px-6" role="status">
      <span className="sr-only">Loading the chart</span>
      {HEIGHTS.map((height) => (
        <Skeleton key={height} className={cx(height, 'w-3')} />
      ))}
    </div>
  );
}
