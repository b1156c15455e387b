// Started by owner-process.ts: owns the data directory of its argument until it is killed.
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const { ownerUrl } = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  onProgress: (step) => say(`progress ${step}`),
  settings: { fsync: 'off' },
});
async function answerInterrupt(): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ answer: string }>("select 'alive' as answer");
  await client.end();
  say(`interrupted ${rows[0]?.answer}`);
}

process.on('SIGINT', () => void answerInterrupt());
process.on('SIGUSR2', () => process.exit(3));
setInterval(() => undefined, 60_000);
say(`ready ${ownerUrl}`);
