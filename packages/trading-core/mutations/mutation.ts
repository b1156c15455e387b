/** A deliberate bug: one place in one file, changed so that a rule is broken. */
export interface Mutation {
  readonly name: string;
  /** In `src`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}
