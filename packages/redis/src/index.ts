export { createEmbeddedRedis, type EmbeddedRedisOptions } from './embedded/create-embedded-redis.ts';
export * from './port.ts';
export { type RedisConfig, redisConfigSchema } from './server/config.ts';
export { createServerRedis, type ServerRedisOptions } from './server/create-server-redis.ts';
