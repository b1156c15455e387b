export { type PollerConfig, pollerConfigSchema } from './config.ts';
export { type PollerOptions, startPoller } from './start-poller.ts';
