import { describe } from './audit-calls.ts';
import type { Call } from './call.ts';
import { type FaultWindow, overlaps } from './fault-window.ts';
import type { History } from './journal.ts';

/** What docs/limits.md allows an account, whoever asks. */
export interface AccountLimits {
  readonly tries: number;
  readonly signinFailures: number;
  readonly signinWaitMs: number;
  readonly sendsPerMinute: number;
  readonly sendsPerHour: number;
}

export const accountLimits: AccountLimits = {
  tries: 5,
  signinFailures: 10,
  signinWaitMs: 30_000,
  sendsPerMinute: 3,
  sendsPerHour: 5,
};
const MINUTE_MS = 60_000;

/**
 * Codes, mails and sessions of each account keep their rules.
 *
 * @param apiServers how many there are at a time
 */
export function auditAccounts(history: History, apiServers: number, limits: AccountLimits = accountLimits): string[] {
  const ordered = history.calls.toSorted((one, other) => one.begunAtMs - other.begunAtMs);
  const byEmail = Map.groupBy(
    ordered.filter(({ email }) => email !== undefined),
    ({ email }) => email as string,
  );
  return [...byEmail].flatMap(([email, calls]) => [
    ...tries(email, calls, history, limits),
    ...sends(email, calls, history, apiServers, limits),
    ...codes(calls, history),
    ...credentials(calls),
    ...failures(calls, history, limits),
    ...sessions(calls),
  ]);
}

/** The faults that fell in the time of these requests. */
function faultsDuring(calls: readonly Call[], { windows }: History): readonly FaultWindow[] {
  const [first] = calls;
  if (first === undefined) return [];
  const endedAtMs = Math.max(...calls.map((call) => call.endedAtMs));
  return windows.filter((window) => overlaps({ begunAtMs: first.begunAtMs, endedAtMs }, window));
}

function lossesDuring(calls: readonly Call[], history: History): number {
  return faultsDuring(calls, history).filter(({ losesCache }) => losesCache).length;
}

/** Whether all api-servers counted together throughout: each counts for itself when the cache is out of its reach. */
function countedTogether(calls: readonly Call[], history: History): boolean {
  return !faultsDuring(calls, history).some(({ losesCache, away }) => losesCache || away.includes('cache'));
}

/**
 * Wrong codes that were compared. The count of them is lost with the cache, and so is every code: then the next code
 * has tries of its own.
 */
function tries(email: string, calls: readonly Call[], history: History, limits: AccountLimits): string[] {
  const compared = calls.filter(
    ({ operation, wrong, end }) =>
      operation === 'verify-otp' && wrong === true && (end.code === 'code-incorrect' || end.outcome === 'ok'),
  );
  const most = limits.tries * (1 + lossesDuring(calls, history));
  const lucky = compared.filter(({ end }) => end.outcome === 'ok').map((call) => `${describe(call)} with a wrong code`);
  return compared.length > most
    ? [...lucky, `${email}: ${compared.length} wrong codes were compared, and ${most} is the most`]
    : lucky;
}

/**
 * Mails that were promised. While the cache is whole the limit is one for all api-servers; each remembers what it knew
 * of it, so that without the cache no api-server goes beyond the limit, and all of them together no further than that.
 */
function sends(
  email: string,
  calls: readonly Call[],
  history: History,
  apiServers: number,
  limits: AccountLimits,
): string[] {
  const asked = calls.filter(({ operation }) => operation === 'signup' || operation === 'resend-otp');
  const promised = asked.filter(({ end }) => end.outcome === 'ok');
  const budgets = budgetsOf(calls, history, apiServers);
  const firstMs = asked[0]?.begunAtMs ?? 0;
  const inMinute = promised.filter(({ endedAtMs }) => endedAtMs < firstMs + MINUTE_MS).length;
  return [
    ...(promised.length > limits.sendsPerHour * budgets
      ? [`${email}: ${promised.length} mails promised, and ${limits.sendsPerHour * budgets} an hour is the most`]
      : []),
    ...(inMinute > limits.sendsPerMinute * budgets
      ? [`${email}: ${inMinute} mails promised, and ${limits.sendsPerMinute * budgets} a minute is the most`]
      : []),
  ];
}

/** How many times over an address may use up its limits: see `sends`. */
export function budgetsOf(calls: readonly Call[], history: History, apiServers: number): number {
  if (countedTogether(calls, history)) return 1;
  // An api-server that starts anew remembers nothing.
  return apiServers + history.ends.filter(({ process }) => process.startsWith('api-server')).length;
}

/** The only code of an address, tried for the first time, is right, unless the cache lost it meanwhile. */
function codes(calls: readonly Call[], history: History): string[] {
  const first = calls.findIndex(({ operation }) => operation === 'verify-otp');
  const call = calls[first];
  if (call === undefined || call.wrong === true || call.end.status !== 401) return [];
  const before = calls.slice(0, first).filter(({ operation }) => operation === 'signup' || operation === 'resend-otp');
  if (before.length > 1 || lossesDuring(calls, history) > 0) return [];
  return [`${describe(call)} with the only code there was`];
}

/** Who was told once that there is an account is never told that there is none. */
function credentials(calls: readonly Call[]): string[] {
  const acknowledgedAtMs = Math.min(
    ...calls.filter(({ end }) => end.started !== undefined).map(({ endedAtMs }) => endedAtMs),
  );
  return calls
    .filter(({ operation, guess, end, begunAtMs }) => {
      return operation === 'signin' && guess === undefined && end.status === 401 && begunAtMs > acknowledgedAtMs;
    })
    .map((call) => `${describe(call)} to somebody who has an account`);
}

/**
 * After ten wrong passwords the right one has to wait as well, at every api-server. What the cache lost, and what a new
 * api-server never knew, is not held against them here.
 */
function failures(calls: readonly Call[], history: History, limits: AccountLimits): string[] {
  const signins = calls.filter(({ operation, guess }) => operation === 'signin' && guess === 'password');
  const refused = signins.filter(({ wrong, end }) => wrong === true && end.status === 401);
  const last = refused[limits.signinFailures - 1];
  if (last === undefined || !countedTogether(calls, history)) return [];
  const [first] = signins;
  if (history.ends.some(({ process, atMs }) => process.startsWith('api-server') && atMs >= (first?.begunAtMs ?? 0))) {
    return [];
  }
  return signins
    .filter(
      ({ end, begunAtMs, endedAtMs }) =>
        end.outcome === 'ok' && begunAtMs > last.endedAtMs && endedAtMs < last.begunAtMs + limits.signinWaitMs,
    )
    .map((call) => `${describe(call)} after ${refused.length} wrong passwords`);
}

/** A session works from its start until its end was asked for, and never after its end was acknowledged. */
function sessions(calls: readonly Call[]): string[] {
  const started = new Set<string>();
  /** An answer about it was lost, or its end was asked for: it may have ended. */
  const doubtful = new Set<string>();
  const over = new Map<string, number>();
  const faults: string[] = [];
  for (const call of calls) {
    const { session, operation, end } = call;
    if (session !== undefined) {
      const overAtMs = over.get(session);
      if (end.outcome === 'ok' && overAtMs !== undefined && call.begunAtMs > overAtMs && usesSession(call)) {
        faults.push(`${describe(call)} in a session that was signed out`);
      }
      if (end.status === 401 && end.code === 'session-required' && started.has(session) && !doubtful.has(session)) {
        faults.push(`${describe(call)} in a session that nobody ended`);
      }
      // Whoever signs in leaves the session that the browser had.
      if (operation === 'logout' || operation === 'signin' || operation === 'verify-otp') doubtful.add(session);
      if (operation === 'refresh' && end.outcome !== 'ok') doubtful.add(session);
      if (operation === 'logout' && end.outcome === 'ok') over.set(session, call.endedAtMs);
    }
    if (end.started !== undefined) started.add(end.started);
  }
  return faults;
}

function usesSession({ operation }: Call): boolean {
  return operation === 'me' || operation === 'refresh';
}
