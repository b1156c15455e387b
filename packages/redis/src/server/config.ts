import { z } from 'zod';

const urlMessage = 'it must be a URL such as redis://user:password@host:6379/0, or rediss:// for TLS';

/** Settings of the Redis server. */
export const redisConfigSchema = z.object({
  REDIS_URL: z.string(urlMessage).refine(isRedisUrl, urlMessage),
  /** Stands before every key, e.g. `staging:` where several systems share a server. */
  REDIS_KEY_PREFIX: z.string().default(''),
});

export type RedisConfig = z.infer<typeof redisConfigSchema>;

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '';
}
