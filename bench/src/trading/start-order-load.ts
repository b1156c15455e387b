import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OrderLoad, OrderLoadResult } from './order-load.ts';

/** The load in its process. It ends with this one. */
export interface OrderLoader {
  run(load: OrderLoad): Promise<OrderLoadResult>;
  stop(): void;
}

export function startOrderLoad(): OrderLoader {
  const child = fork(join(dirname(fileURLToPath(import.meta.url)), 'order-load.ts'));
  return {
    run: (load) =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new Error('the load ended'));
        child.once('exit', ended);
        child.once('message', (result) => {
          child.off('exit', ended);
          resolve(result as OrderLoadResult);
        });
        child.send(load);
      }),
    stop: () => child.disconnect(),
  };
}
