/** How a column travels: as an element of a PostgreSQL array, and what is made of it there. */
const travels = {
  smallint: { array: 'smallint[]', read: (column: string) => column },
  integer: { array: 'integer[]', read: (column: string) => column },
  bigint: { array: 'bigint[]', read: (column: string) => column },
  numeric: { array: 'numeric[]', read: (column: string) => column },
  boolean: { array: 'boolean[]', read: (column: string) => column },
  text: { array: 'text[]', read: (column: string) => column },
  uuid: { array: 'uuid[]', read: (column: string) => column },
  /** Given as ms since the epoch. */
  timestamptz: { array: 'double precision[]', read: (column: string) => `to_timestamp(${column} / 1000)` },
  /** Given as anything that JSON can hold. */
  json: { array: 'text[]', read: (column: string) => `${column}::json` },
} as const;

export type ColumnType = keyof typeof travels;
export type ColumnValue = number | bigint | string | boolean | object | null | undefined;

export interface Column<Row> {
  readonly type: ColumnType;
  /** `undefined` is null. */
  readonly of: (row: Row) => ColumnValue;
}

/** Rows of one shard. */
interface RowsOfShard<Row> {
  readonly shard: number;
  readonly rows: readonly Row[];
}

/**
 * Rows on their way to a statement, one array a column and one for their shards: `unnest` makes them rows again. The
 * statement's text is the same for any number of rows, so that the server plans it once.
 */
export class RowSet<Row> {
  readonly #columns: readonly (readonly [name: string, column: Column<Row>])[];
  readonly #alias: string;
  /** For a `from`: the rows under their alias, each with its `shard`. */
  readonly source: string;

  /** @param firstParameter number of the first parameter in the statement; one more follows for each column. */
  constructor(alias: string, columns: Readonly<Record<string, Column<Row>>>, firstParameter: number) {
    this.#alias = alias;
    this.#columns = Object.entries(columns);
    const types: readonly ColumnType[] = ['smallint', ...this.#columns.map(([, { type }]) => type)];
    const arrays = types.map((type, index) => `$${firstParameter + index}::${travels[type].array}`);
    this.source = `unnest(${arrays.join(', ')}) as ${alias}(shard, ${this.names})`;
  }

  /** How many parameters it takes. */
  get width(): number {
    return this.#columns.length + 1;
  }

  get alias(): string {
    return this.#alias;
  }

  get names(): string {
    return this.#columns.map(([name]) => name).join(', ');
  }

  /** For a `select`: every column, as its type. */
  get values(): string {
    return this.#columns.map(([name, { type }]) => travels[type].read(`${this.#alias}.${name}`)).join(', ');
  }

  /** For a `set` or a condition: one column, as its type. */
  value(name: string): string {
    const type = this.#columns.find(([column]) => column === name)?.[1].type;
    if (type === undefined) throw new Error(`no column ${name}`);
    return travels[type].read(`${this.#alias}.${name}`);
  }

  parameters(groups: readonly RowsOfShard<Row>[]): unknown[] {
    const rows = groups.flatMap((group) => group.rows);
    const shards = groups.flatMap((group) => group.rows.map(() => group.shard));
    return [`{${shards.join(',')}}`, ...this.#columns.map(([, column]) => arrayOf(column, rows))];
  }
}

function arrayOf<Row>({ type, of }: Column<Row>, rows: readonly Row[]): unknown {
  const values = rows.map((row) => of(row) ?? null);
  if (type === 'json') return values.map((value) => (value === null ? null : JSON.stringify(value)));
  // Numbers need no quoting; the client's own writer of arrays looks at each character.
  if (type === 'text' || type === 'uuid') return values;
  return `{${values.map((value) => (value === null ? 'null' : String(value as number | bigint | boolean))).join(',')}}`;
}
