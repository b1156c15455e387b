import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config.ts';
import { Health } from '../health.ts';
import { createMetrics } from '../metrics.ts';
import { runService } from '../run-service.ts';

// A service that does as SAMPLE says: `starts`, `crashes` a moment after its start, or `refuses` its settings.

await runService('sample', async ({ environment, logger, shutdown }) => {
  if (environment.SAMPLE === 'refuses') throw new ConfigError('SAMPLE is "refuses": it must not.');
  shutdown.add('what it stands on', async () => logger.info('let go'));
  await sleep(200);
  if (environment.SAMPLE === 'crashes') {
    setTimeout(() => {
      throw new Error('a bug');
    }, 50);
  }
  return { name: 'sample', health: new Health(), metrics: createMetrics(), stop: async () => logger.info('put down') };
});
