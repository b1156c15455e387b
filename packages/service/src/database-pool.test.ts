import assert from 'node:assert/strict';
import { it } from 'node:test';
import { watchDatabasePool } from './database-pool.ts';
import { createMetrics } from './metrics.ts';

it('shows the connections as they are when asked', async () => {
  const registry = createMetrics();
  let used = 2;
  watchDatabasePool(registry, 'api_server', { pool: () => ({ used, idle: 3, waiting: 4, max: 10 }) });
  used = 1;
  const text = await registry.metrics();
  assert.deepEqual(
    text.split('\n').filter((line) => line.startsWith('cfd_')),
    [
      'cfd_api_server_database_connections{state="used"} 1',
      'cfd_api_server_database_connections{state="idle"} 3',
      'cfd_api_server_database_connections_max 10',
      'cfd_api_server_database_waiting_queries 4',
    ],
  );
});
