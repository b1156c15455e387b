import { databaseRoles, migrateDatabase } from '@repo/db';
import { Pool } from 'pg';

// What an order leaves, and where it says of which event it is.
const tables = {
  trade_events: 'sequence',
  trade_commands: `(answer ->> 'last')::bigint`,
  orders: 'sequence',
  positions: 'sequence',
  fills: 'sequence',
  ledger_transactions: 'sequence',
  ledger_entries: 'sequence',
} as const;
type Table = keyof typeof tables;
const tableNames = Object.keys(tables) as Table[];

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Rows as columns of texts, as PostgreSQL reads them. */
type Cells = readonly (readonly string[])[];

export interface TakenRows {
  readonly rows: number;
  readonly orders: number;
  /** By shard, in the order of their events: the rows of each commit, by table. */
  readonly commits: readonly (readonly Readonly<Record<Table, Cells>>[])[];
}

/** A database with the same tables, keys and triggers on the same server, and nothing but inserts. */
export class BareInserts {
  readonly #books: Pool;
  readonly #pool: Pool;
  readonly #columns: Readonly<Record<Table, readonly Column[]>>;
  /** Last event taken, by shard. */
  readonly #taken = new Map<number, number>();

  /** @param books the engine's database, as the owner, with the accounts that the orders will be of. */
  static async create(books: Pool, ownerUrl: string, password: string): Promise<BareInserts> {
    await books.query('create database bare');
    const url = new URL(ownerUrl);
    url.pathname = '/bare';
    await migrateDatabase(url.href, Object.fromEntries(databaseRoles.map((role) => [role, password])));
    const pool = new Pool({ connectionString: url.href, max: 12 });
    pool.on('error', () => undefined);
    const columns = Object.fromEntries(
      await Promise.all(tableNames.map(async (table) => [table, await columnsOf(books, table)] as const)),
    ) as Record<Table, Column[]>;
    for (const table of ['users', 'accounts']) {
      const { rows } = await books.query(`select to_json(one) as row from ${table} one`);
      const all = JSON.stringify(rows.map(({ row }) => row));
      await pool.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [all]);
    }
    const bare = new BareInserts(books, pool, columns);
    await bare.#moveOn();
    return bare;
  }

  private constructor(books: Pool, pool: Pool, columns: Readonly<Record<Table, readonly Column[]>>) {
    this.#books = books;
    this.#pool = pool;
    this.#columns = columns;
  }

  /** What the books have got since the last time, in commits of as many orders. */
  async take(ordersACommit: number): Promise<TakenRows> {
    let [rows, orders] = [0, 0];
    const commits = await Promise.all(
      [...this.#taken].map(async ([shard, after]) => {
        const kept = await this.#books.query<{ sequence: number }>(
          'select sequence::int from orders where shard = $1 and sequence > $2 order by sequence',
          [shard, after],
        );
        const ends = kept.rows.flatMap(({ sequence }, index) =>
          (index + 1) % ordersACommit === 0 || index === kept.rows.length - 1 ? [sequence] : [],
        );
        orders += kept.rows.length;
        const each = ends.map(() => ({})) as Record<Table, string[][]>[];
        for (const table of tableNames) {
          const columns = this.#columns[table];
          for (const one of each) one[table] = columns.map(() => []);
          const { rows: found } = await this.#books.query<{ cells: string[]; sequence: number }>({
            text: `select array[${columns.map(({ name }) => `${name}::text`).join(', ')}] as cells,
              ${tables[table]}::int as sequence from ${table} where shard = $1 and ${tables[table]} > $2 order by 2`,
            values: [shard, after],
          });
          rows += found.length;
          let commit = 0;
          for (const { cells, sequence } of found) {
            while (sequence > (ends[commit] ?? Number.POSITIVE_INFINITY)) commit += 1;
            each[commit]?.[table].forEach((column, index) => {
              column.push(cells[index] as string);
            });
          }
        }
        return each;
      }),
    );
    await this.#moveOn();
    return { rows, orders, commits };
  }

  /** Inserts rows that were taken, a statement a commit, one commit of a shard after the other. */
  async insert({ commits }: TakenRows): Promise<void> {
    const text = this.#statement();
    await Promise.all(
      commits.map(async (shard) => {
        for (const rows of shard) {
          const values = tableNames.flatMap((table) =>
            this.#columns[table].map((column, index) => arrayOf(column, rows[table][index] ?? [])),
          );
          await this.#pool.query({ name: 'bare-inserts', text, values });
        }
      }),
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #moveOn(): Promise<void> {
    const { rows } = await this.#books.query('select shard, sequence::int from shards');
    for (const { shard, sequence } of rows) this.#taken.set(shard, sequence);
  }

  #statement(): string {
    let parameters = 0;
    const inserts = tableNames.map((table) => {
      const columns = this.#columns[table];
      const names = columns.map(({ name }) => name).join(', ');
      const arrays = columns.map(({ type }) => {
        parameters += 1;
        // A server has no use for arrays of json.
        return `$${parameters}::${type === 'json' ? 'text' : type}[]`;
      });
      const read = columns.map(({ name, type }) => (type === 'json' ? `${name}::json` : name)).join(', ');
      return `${table}_in as (insert into ${table} (${names}) select ${read} from unnest(${arrays.join(', ')}) as _(${names}))`;
    });
    return `with ${inserts.join(', ')} select`;
  }
}

async function columnsOf(pool: Pool, table: Table): Promise<Column[]> {
  const { rows } = await pool.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows;
}

/** As the engine gives them: what needs no quotes is joined. */
function arrayOf({ type }: Column, cells: readonly (string | null)[]): unknown {
  if (['json', 'text', 'uuid'].includes(type)) return cells;
  return `{${cells.map((cell) => (cell === null ? 'null' : `"${cell}"`)).join(',')}}`;
}
