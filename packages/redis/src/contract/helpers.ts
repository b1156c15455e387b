import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 30_000;

/** Waits for a condition however long the adapter takes, within reason. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for: ${what}`);
    await delay(5);
  }
}

/** An address, user or asset that no other test has: a real Redis keeps what earlier runs wrote. */
export function newName(): string {
  return randomUUID();
}

/** Long beside any test, so that nothing expires in one that does not wait for it. */
export const longMs = 600_000;
