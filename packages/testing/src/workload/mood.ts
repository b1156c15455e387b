/** What kind of time it is: each brings out other bugs. */
export interface Mood {
  /** Share of quotes among the inputs. */
  readonly quotes: number;
  /** How likely a live instrument's next quote is not live. */
  readonly outage: number;
  /** Weight of jumps and crashes. */
  readonly wildness: number;
  /** Weight of what the operator does. */
  readonly operations: number;
}

export const moods: readonly Mood[] = [
  { quotes: 0.6, outage: 0.004, wildness: 1, operations: 0.8 },
  { quotes: 0.6, outage: 0.004, wildness: 1, operations: 0.8 },
  { quotes: 0.8, outage: 0.001, wildness: 0.2, operations: 0.3 },
  { quotes: 0.7, outage: 0.004, wildness: 5, operations: 0.5 },
  { quotes: 0.5, outage: 0.06, wildness: 1.5, operations: 4 },
];
