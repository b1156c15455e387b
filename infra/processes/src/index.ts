export { type ProcessesConfig, processesConfigSchema } from './config.ts';
export { type ManagedProcess, NotReadyError } from './managed-process.ts';
export type { PlannedProcess } from './plan-processes.ts';
export { type RunningProcesses, type StartProcessesOptions, startProcesses } from './start-processes.ts';
