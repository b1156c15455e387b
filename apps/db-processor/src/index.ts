export { type DbProcessorConfig, dbProcessorConfigSchema } from './config.ts';
export { type DbProcessorOptions, startDbProcessor } from './start-db-processor.ts';
