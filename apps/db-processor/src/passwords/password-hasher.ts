import { Gate, type GateOptions, inSpan, monotonicMs } from '@repo/service';
import type { DbProcessorMetrics } from '../metrics.ts';
import { createDummyHash, hashPassword, isHash, isOutdated, verifyPassword } from './password-hash.ts';

export interface Verification {
  readonly correct: boolean;
  /** A new hash to store when the one verified is of an older kind. */
  readonly replacement?: string;
}

/** Hashes behind a gate, so that a flood of sign-ins costs a bounded part of the machine. */
export interface PasswordHasher {
  /** @throws GateFullError when too many wait already. */
  hash(password: string): Promise<string>;
  /**
   * Without a hash that can be verified the work is done all the same, so that the time tells nobody who is a user.
   *
   * @throws GateFullError when too many wait already.
   */
  verify(stored: string | undefined, password: string): Promise<Verification>;
}

export async function createPasswordHasher(
  options: GateOptions,
  metrics: Pick<DbProcessorMetrics, 'hashing' | 'gateRunning' | 'gateWaiting'>,
): Promise<PasswordHasher> {
  const gate = new Gate(options);
  const dummy = await createDummyHash();

  async function atGate<T>(work: () => Promise<T>): Promise<T> {
    const result = gate.run(async () => {
      observe();
      const start = monotonicMs();
      try {
        return await work();
      } finally {
        metrics.hashing.observe((monotonicMs() - start) / 1_000);
      }
    });
    observe();
    try {
      return await result;
    } finally {
      observe();
    }
  }

  function observe(): void {
    metrics.gateRunning.set(gate.running);
    metrics.gateWaiting.set(gate.waiting);
  }

  return {
    hash: (password) => atGate(() => inSpan('hash password', {}, () => hashPassword(password))),
    verify: (stored, password) =>
      atGate(async () => {
        const usable = stored !== undefined && isHash(stored);
        const correct = await inSpan('verify password', {}, () => verifyPassword(usable ? stored : dummy, password));
        if (!usable || !correct) return { correct: false };
        return isOutdated(stored) ? { correct, replacement: await hashPassword(password) } : { correct };
      }),
  };
}
