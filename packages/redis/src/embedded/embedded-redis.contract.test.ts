import { redisContract } from '../contract.ts';
import { createEmbeddedRedis } from './create-embedded-redis.ts';

redisContract('the embedded Redis', async () => createEmbeddedRedis());
