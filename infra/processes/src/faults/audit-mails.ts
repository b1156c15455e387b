import { setTimeout as delay } from 'node:timers/promises';
import { accountLimits, budgetsOf } from './audit-accounts.ts';
import type { History } from './journal.ts';
import type { MailReader } from './mail-reader.ts';

/** The mail queue tries again after pauses of up to half a minute. */
const WAIT_MS_MAX = 40_000;
const POLL_MS = 200;

/**
 * Who was promised a code has got one, unless the api-server that promised it was killed: mails wait in its memory.
 * Nobody has got more codes than were asked for, or than an address may get.
 */
export async function auditMails(
  history: History,
  mails: Pick<MailReader, 'codes' | 'missed'>,
  apiServers: number,
  waitMs = WAIT_MS_MAX,
): Promise<string[]> {
  const asked = history.calls.filter(({ operation }) => operation === 'signup' || operation === 'resend-otp');
  const byEmail = Map.groupBy(asked, ({ email }) => email ?? '');
  const killed = (instance: string, atMs: number) =>
    history.windows.some(({ ends, begunAtMs }) => ends.includes(instance) && begunAtMs >= atMs);
  const owed = [...byEmail].filter(([, calls]) =>
    calls.some(({ operation, instance, end, begunAtMs }) => {
      return operation === 'signup' && end.outcome === 'ok' && !killed(instance, begunAtMs);
    }),
  );
  const missing = () => owed.filter(([email]) => mails.codes(email).length === 0);
  for (const deadline = performance.now() + waitMs; missing().length > 0 && performance.now() < deadline; ) {
    await delay(POLL_MS);
  }
  return [
    ...(mails.missed ? ['the mail sink dropped mails before they were read'] : []),
    ...missing().map(([email]) => `${email} was promised a code and got none`),
    ...[...byEmail].flatMap(([email, calls]) => {
      const codes = mails.codes(email).length;
      const most = Math.min(calls.length, accountLimits.sendsPerHour * budgetsOf(calls, history, apiServers));
      return codes > most ? [`${email} got ${codes} codes, and ${most} is the most`] : [];
    }),
  ];
}
