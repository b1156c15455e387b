import type { Pool } from 'pg';

/** Whether there is such a user. */
export async function isUser(pool: Pick<Pool, 'query'>, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query('select id from users where id = $1', [userId]);
  return rowCount === 1;
}
