import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 5_000;

/** Resolves as soon as the condition holds; fails loudly when it never does. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${TIMEOUT_MS} ms in vain until ${what}`);
    await sleep(2);
  }
}
