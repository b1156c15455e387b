/** Why a quote is not passed on, in order of precedence: the first that applies is counted. */
export const dropReasons = [
  /** Not JSON, not a quote, or a price outside the grammar of decimals. */
  'malformed',
  /** A market that was not asked for. */
  'unknown-symbol',
  /** NaN or an infinity in place of a price, or more digits than arithmetic can hold exactly. */
  'not-finite',
  'not-positive',
  'non-increasing-update-id',
  /** bid ≥ ask: crossed, or locked when equal. */
  'crossed',
  'spread-too-wide',
  'price-jump',
] as const;

export type DropReason = (typeof dropReasons)[number];
