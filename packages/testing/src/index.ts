export * from './auditor/audit-fault.ts';
export * from './auditor/auditor.ts';
export * from './shard-view.ts';
export * from './view-shard.ts';
export * from './workload/counts.ts';
export * from './workload/prng.ts';
export { workloadShardOptions } from './workload/profiles.ts';
export * from './workload/run-workload.ts';
export * from './workload/workload.ts';
