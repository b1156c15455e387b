import type { auditEvents, processedRequests, sessions, users } from '@repo/db';
import type { Call } from './call.ts';

type EventKind = 'user-created' | 'signin-succeeded' | 'session-ended' | 'refresh-reused' | 'session-refreshed';

/** What PostgreSQL holds at the end. */
export interface StoreRows {
  readonly users: readonly Pick<typeof users.$inferSelect, 'id' | 'email'>[];
  readonly sessions: readonly Pick<
    typeof sessions.$inferSelect,
    'id' | 'userId' | 'generation' | 'endedAt' | 'endReason'
  >[];
  readonly processedRequests: readonly Pick<typeof processedRequests.$inferSelect, 'response'>[];
  readonly auditEvents: readonly Pick<typeof auditEvents.$inferSelect, 'kind' | 'subject' | 'data'>[];
}

/** What was acknowledged is there, and whatever is there happened once: its rows, its answer and its audit event agree. */
export function auditStore(rows: StoreRows, calls: readonly Call[]): string[] {
  return [...usersOnce(rows, calls), ...sessionsOnce(rows, calls)];
}

function usersOnce(rows: StoreRows, calls: readonly Call[]): string[] {
  const faults: string[] = [];
  const byEmail = Map.groupBy(rows.users, ({ email }) => email.toLowerCase());
  const created = Map.groupBy(eventsOf(rows, 'user-created'), ({ subject }) => subject);
  const verified = new Set(
    calls.filter(({ operation, guess }) => operation === 'verify-otp' && guess !== 'code').map(({ email }) => email),
  );
  for (const [email, sameEmail] of byEmail) {
    if (sameEmail.length > 1) faults.push(`${email} has ${sameEmail.length} users`);
    if (!verified.has(email)) faults.push(`${email} has a user and never entered a code`);
    const events = created.get(email) ?? [];
    if (events.length !== 1) faults.push(`${email} was created ${events.length} times, says the audit table`);
  }
  for (const email of created.keys()) if (!byEmail.has(email)) faults.push(`${email} was created and has no user`);
  for (const { email, id, operation, end } of calls) {
    if (end.started === undefined || email === undefined) continue;
    if (!byEmail.has(email)) faults.push(`request ${id} (${operation}) was acknowledged and ${email} has no user`);
  }
  return faults;
}

function sessionsOnce(rows: StoreRows, calls: readonly Call[]): string[] {
  const faults: string[] = [];
  const count = (kind: EventKind) => {
    const counts = new Map<unknown, number>();
    for (const { data } of eventsOf(rows, kind)) counts.set(data.sessionId, (counts.get(data.sessionId) ?? 0) + 1);
    return (session: string) => counts.get(session) ?? 0;
  };
  const [created, signedIn, ended, reused, refreshed] = [
    count('user-created'),
    count('signin-succeeded'),
    count('session-ended'),
    count('refresh-reused'),
    count('session-refreshed'),
  ];
  const answers = Map.groupBy(rows.processedRequests, ({ response }) => startedBy(response));
  const emails = new Map(rows.users.map(({ id, email }) => [id, email]));
  const byId = new Map(rows.sessions.map((session) => [session.id, session]));
  for (const { id, generation, endReason } of rows.sessions) {
    const starts = created(id) + signedIn(id);
    if (starts !== 1) faults.push(`session ${id} was started ${starts} times, says the audit table`);
    const answered = answers.get(id)?.length ?? 0;
    if (answered !== 1) faults.push(`session ${id} was started and ${answered} kept answers say so`);
    const [ends, reuses] = [ended(id), reused(id)];
    if (ends !== (endReason === 'signed-out' ? 1 : 0) || reuses !== (endReason === 'reused' ? 1 : 0)) {
      faults.push(`session ${id} ended (${endReason ?? 'not'}), and ${ends} times by sign-out, ${reuses} by reuse`);
    }
    if (refreshed(id) !== generation) {
      faults.push(`session ${id} is in generation ${generation} after ${refreshed(id)} refreshes`);
    }
  }
  const refreshes = new Map<string, number>();
  for (const { id, operation, email, session, end } of calls) {
    if (end.outcome !== 'ok') continue;
    const row = byId.get(end.started ?? session ?? '');
    if (end.started !== undefined && (row === undefined || emails.get(row.userId) !== email)) {
      faults.push(`request ${id} (${operation}) was acknowledged and ${email} has no session ${end.started}`);
    }
    if (operation === 'logout' && session !== undefined && row?.endedAt === null) {
      faults.push(`request ${id} (logout) was acknowledged and session ${session} goes on`);
    }
    if (operation === 'refresh' && row !== undefined) refreshes.set(row.id, (refreshes.get(row.id) ?? 0) + 1);
  }
  for (const [session, acknowledged] of refreshes) {
    const generation = byId.get(session)?.generation ?? 0;
    // A repeated refresh within its grace is acknowledged with the same generation again: only a client whose answer
    // was lost repeats one, and then the lost one is not among the acknowledged.
    if (generation < acknowledged) {
      faults.push(`session ${session} was refreshed ${acknowledged} times and is in generation ${generation}`);
    }
  }
  return faults;
}

function eventsOf(rows: StoreRows, kind: EventKind) {
  return rows.auditEvents.filter((event) => event.kind === kind);
}

/** The session that an answer of the user store started, if it did. */
function startedBy(response: unknown): string | undefined {
  const answer = response as { success?: boolean; data?: { sessionId?: string } } | null;
  return answer?.success === true ? answer.data?.sessionId : undefined;
}
