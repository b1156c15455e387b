import { redisContract } from '../contract.ts';
import { createServerRedis } from './create-server-redis.ts';

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set');

redisContract('the Redis server', async () => createServerRedis({ url }));
