import { setTimeout as delay } from 'node:timers/promises';
import { createCookieJar } from '@repo/client/node';
import { type ApiDoor, answerOf, openDoor } from './api-door.ts';
import type { Cluster } from './cluster.ts';
import type { Journal } from './journal.ts';
import type { MailReader } from './mail-reader.ts';
import { PASSWORD } from './password.ts';

/** "Everything recovers by itself within 30 s." */
export const RECOVERY_MS_MAX = 30_000;
const POLL_MS = 100;
const MAIL_WAIT_MS = 2_000;

/** How long after a fault is healed, ms. */
export interface Recovery {
  /** Until every process says that it is ready. */
  readonly readyMs: number;
  /** Until somebody has signed up and seen a price that is new and live, through each api-server. */
  readonly servedMs: number;
}

/** @throws Error that says what did not recover in time. */
export async function measureRecovery(options: {
  readonly cluster: Cluster;
  readonly journal: Journal;
  readonly mails: MailReader;
  /** On the monotonic clock. */
  readonly healedAtMs: number;
  /** Names the addresses that sign up. */
  readonly name: string;
}): Promise<Recovery> {
  const { cluster, journal, mails, healedAtMs, name } = options;
  const deadline = healedAtMs + RECOVERY_MS_MAX;
  const healedAt = Date.now() - (performance.now() - healedAtMs);
  const since = () => performance.now() - healedAtMs;
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(deadline - performance.now())));

  async function until(what: string, ask: (attempt: number) => Promise<boolean>): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      if (await ask(attempt)) return since();
      if (performance.now() > deadline) throw new Error(`${what} after ${RECOVERY_MS_MAX} ms`);
      await delay(POLL_MS);
    }
  }

  async function signsUp(door: ApiDoor, attempt: number): Promise<boolean> {
    const email = `${name}-${door.name}-${attempt}@example.com`;
    const client = openDoor(door, journal, createCookieJar(), { client: 'recovery', email });
    if (!(await answerOf(client.signup({ email, password: PASSWORD }))).ok) return false;
    const otp = await mails.newCode(email, 0, MAIL_WAIT_MS, late);
    if (otp === undefined || !(await answerOf(client.verifyOtp({ email, otp }))).ok) return false;
    return (await answerOf(client.me())).ok;
  }

  async function showsPrice(door: ApiDoor): Promise<boolean> {
    const client = openDoor(door, journal, createCookieJar(), { client: 'recovery' });
    const answer = await answerOf(client.prices());
    return answer.ok && answer.value.prices.some(({ status, timestamp }) => status === 'live' && timestamp >= healedAt);
  }

  const ready = Promise.all(
    cluster.processes.map((one) => until(`${one.name} is not ready`, () => isReady(one.readyUrl))),
  );
  const served = Promise.all(
    cluster.doors.flatMap((door) => [
      until(`nobody can sign up through ${door.name}`, (attempt) => signsUp(door, attempt)),
      until(`there is no new live price at ${door.name}`, () => showsPrice(door)),
    ]),
  );
  const results = await Promise.allSettled([ready, served]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('; '));
  return { readyMs: Math.round(Math.max(...(await ready))), servedMs: Math.round(Math.max(...(await served))) };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_500) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
