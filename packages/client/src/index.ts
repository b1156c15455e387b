export * from './api-client.ts';
export type * from './cookie-jar.ts';
export { ApiError, NetworkError } from './errors.ts';
export * from './price-stream.ts';
