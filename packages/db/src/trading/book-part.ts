/** A shard of the books, or of it one account alone. */
export interface BookPart {
  readonly shard: number;
  readonly accountId?: string;
}

/** The condition of a part on a table that has both columns, and its values: `$1`, `$2`. */
export function partCondition(
  { shard, accountId }: BookPart,
  accountColumn = 'account_id',
): { readonly where: string; readonly values: readonly unknown[] } {
  if (accountId === undefined) return { where: 'shard = $1', values: [shard] };
  return { where: `shard = $1 and ${accountColumn} = $2`, values: [shard, accountId] };
}
