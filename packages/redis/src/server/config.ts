import { z } from 'zod';

const urlMessage = 'it must be a URL such as redis://user:password@host:6379/0, or rediss:// for TLS';

/** Settings of the Redis server; docs/operations/configuration.md is made from them. */
export const redisConfigSchema = z.object({
  REDIS_URL: z
    .string(urlMessage)
    .refine(isRedisUrl, urlMessage)
    .meta({ description: 'The Redis server.', secret: true }),
  REDIS_KEY_PREFIX: z
    .string()
    .default('')
    .describe('Stands before every key, e.g. `staging:` where several systems share a server.'),
});

export type RedisConfig = z.infer<typeof redisConfigSchema>;

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '';
}
