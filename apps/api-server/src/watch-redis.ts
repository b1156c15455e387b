import type { Redis } from '@repo/redis';
import { Counter, type Registry } from '@repo/service';

/** Counts the calls that Redis did not answer. */
export function watchRedis(registry: Registry, redis: Pick<Redis, 'failures'>): void {
  new Counter({
    name: 'cfd_api_server_redis_failures_total',
    help: 'Calls that Redis did not answer',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(redis.failures);
    },
  });
}
