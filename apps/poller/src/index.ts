export { type PollerConfig, pollerConfigSchema, standbyPollerConfigSchema } from './config.ts';
export { type PollerOptions, startPoller } from './start-poller.ts';
export { type StandbyPollerOptions, startStandbyPoller } from './start-standby-poller.ts';
