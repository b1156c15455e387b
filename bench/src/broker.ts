import { createLogger } from '@repo/service';
import { startServices } from '@repo/standalone/start-services';

// The child of broker-process.ts.
const services = await startServices({
  environment: process.env,
  dataDir: process.env.DATA_DIR ?? '.data',
  logger: createLogger({ level: 'error' }),
});
process.send?.('ready');
process.on('message', (message) => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() });
  }
  if (message === 'stop') void services.stop().then(() => process.exit(0));
});
// Ctrl-C reaches this process too; the one that started it stops it in order, or ends and so disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => void services.stop().then(() => process.exit(0)));
