import type { StandaloneVenue } from './standalone-venue.ts';
import type { Trouble } from './trading-run.ts';

const AWAY_MS = 1_500;

/** What may happen to the log and the database of a standalone. */
export function standaloneTroubles({ stack, pool }: StandaloneVenue): readonly Trouble[] {
  const backendsKilled = (role: string): Trouble => ({
    name: `every backend of ${role} killed`,
    inflict: async () => {
      await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    },
  });
  return [
    backendsKilled('trading_engine'),
    backendsKilled('api_server'),
    {
      name: `the log is away ${AWAY_MS / 1_000} s`,
      stops: true,
      lastsMs: AWAY_MS,
      inflict: async () => {
        stack.broker.interrupt();
        return async () => stack.broker.restore();
      },
    },
  ];
}
