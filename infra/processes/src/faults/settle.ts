import { setTimeout as delay } from 'node:timers/promises';
import type { CookieJar } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { type ApiDoor, answerOf, openDoor } from './api-door.ts';
import type { Journal } from './journal.ts';
import { PASSWORD } from './password.ts';

/** Of the sessions that were signed out, the newest: access tokens live ten minutes. */
const OVER_MAX = 200;
const AT_ONCE = 4;
const TRIES_MAX = 20;
const PAUSE_MS = 500;
const CLIENT = 'audit';

/** The cookies of a session that its client left open, or signed out. */
export interface KeptSession {
  readonly email: string;
  readonly cookies: CookieJar;
}

/**
 * After the faults: everybody who entered a code tries to sign in, which tells what became of the requests without an
 * answer, and sessions are used at every api-server, those that were left open and those that were signed out.
 *
 * @returns who could sign in, and who could not.
 */
export async function settle(
  journal: Journal,
  doors: readonly ApiDoor[],
  kept: { readonly open: readonly KeptSession[]; readonly over: readonly KeptSession[] },
): Promise<{ readonly members: ReadonlySet<string>; readonly strangers: ReadonlySet<string> }> {
  const entered = journal.calls.filter(({ operation, guess }) => operation === 'verify-otp' && guess === undefined);
  const emails = [...new Set(entered.flatMap(({ email }) => email ?? []))];
  const members = new Set<string>();
  const strangers = new Set<string>();
  await each([...kept.open, ...kept.over.slice(-OVER_MAX)], async ({ email, cookies }) => {
    for (const door of doors) await answerOf(openDoor(door, journal, cookies, { client: CLIENT, email }).me());
  });
  await each(emails, async (email, turn) => {
    const door = doors[turn % doors.length];
    if (door === undefined) throw new RangeError('there is no api-server to ask');
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const client = openDoor(door, journal, createCookieJar(), { client: CLIENT, email });
      const answer = await answerOf(client.signin({ email, password: PASSWORD }));
      if (answer.ok) members.add(email);
      else if (answer.code === 'credentials-incorrect') strangers.add(email);
      if (members.has(email) || strangers.has(email)) return;
      await delay(PAUSE_MS);
    }
  });
  return { members, strangers };
}

/** What became of everybody agrees with what they were told, and with the store. */
export function auditSettled(
  settled: { readonly members: ReadonlySet<string>; readonly strangers: ReadonlySet<string> },
  journal: Pick<Journal, 'calls'>,
  users: readonly { readonly email: string }[],
): string[] {
  const { members, strangers } = settled;
  const stored = new Set(users.map(({ email }) => email));
  const acknowledged = new Set(
    journal.calls.flatMap(({ email, guess, end }) => (end.started && email && guess === undefined ? email : [])),
  );
  return [
    ...[...acknowledged].filter((email) => !members.has(email)).map((email) => `${email} signed up and cannot sign in`),
    ...[...members].filter((email) => !stored.has(email)).map((email) => `${email} can sign in and is no user`),
    ...[...strangers].filter((email) => stored.has(email)).map((email) => `${email} is a user and cannot sign in`),
  ];
}

async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const left = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, item] of left) await work(item, index);
    }),
  );
}
