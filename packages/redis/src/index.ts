export { createEmbeddedRedis, type EmbeddedRedisOptions } from './embedded/create-embedded-redis.ts';
export * from './port.ts';
