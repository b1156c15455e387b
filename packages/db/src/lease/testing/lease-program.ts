import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../open-database.ts';
import { createLease } from '../create-lease.ts';

// Holds a lease and acts under it, as often as it can, telling each act: `<kind> <epoch> <when>`, when in ns of the
// machine's monotonic clock.
const [url = '', name = '', ttlMs = ''] = process.argv.slice(2);
const database = openDatabase(url, { poolMax: 1 });
const tell = (kind: string, epoch: number) => process.stdout.write(`${kind} ${epoch} ${process.hrtime.bigint()}\n`);

for (;;) {
  const held = await createLease(database).hold(name, randomUUID(), Number(ttlMs));
  tell('held', held.epoch);
  held.ended.addEventListener('abort', () => tell('told', held.epoch));
  while (held.isHeld()) {
    tell('act', held.epoch);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
