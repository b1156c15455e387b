import type { Call, Operation } from './call.ts';
import { type Dependency, type FaultWindow, overlaps } from './fault-window.ts';
import type { History } from './journal.ts';

/** Without which of these an answer of yes would be a lie. */
const needs: Readonly<Record<Operation, readonly Dependency[]>> = {
  signup: ['log', 'cache', 'user-store'],
  'resend-otp': ['cache'],
  'verify-otp': ['log', 'cache', 'user-store'],
  signin: ['log', 'cache', 'user-store'],
  refresh: ['log', 'cache', 'user-store'],
  logout: ['log', 'cache', 'user-store'],
  me: ['cache'],
  prices: [],
  instruments: [],
};

/** What an answer may want beside that: a session that the cache does not know is looked up. */
const uses: Readonly<Partial<Record<Operation, readonly Dependency[]>>> = {
  signup: ['mail'],
  'resend-otp': ['mail'],
  refresh: ['database'],
  logout: ['database'],
  me: ['database'],
};

const passing = new Set(['service-unavailable', 'too-busy', 'mail-unavailable']);
/** What the limits of an account say to those who try too much. */
const limits = new Set(['too-many-requests', 'code-exhausted']);

/** Every answer is one that was due: no yes without what it needs, no failure without a fault, none without a code. */
export function auditCalls(history: History): string[] {
  return [
    ...history.calls.flatMap((call) => [...failClosed(call, history.windows), ...answered(call, history.windows)]),
    ...livePrices(history),
    ...processEnds(history),
  ];
}

/** A request that began after something was gone and ended before it came back cannot have used it. */
function failClosed(call: Call, windows: readonly FaultWindow[]): string[] {
  if (call.end.outcome !== 'ok') return [];
  return windows
    .filter(
      ({ away, inEffectAtMs, healingAtMs }) =>
        call.begunAtMs >= inEffectAtMs &&
        call.endedAtMs <= healingAtMs &&
        needs[call.operation].some((dependency) => away.includes(dependency)),
    )
    .map(({ fault, away }) => `${describe(call)} while away: ${away.join(', ')} (${fault})`);
}

function answered(call: Call, windows: readonly FaultWindow[]): string[] {
  const { outcome, code, status } = call.end;
  if (outcome === 'ok') return [];
  const over = windows.filter((window) => overlaps(call, window));
  const broken = over.some(({ breaks }) => breaks.includes(call.instance));
  if (outcome === 'unknown') {
    return broken ? [] : [`${describe(call)} without an answer: ${call.end.reason}`];
  }
  if (code === undefined) return [`${describe(call)} without a problem code: ${call.end.reason}`];
  if (passing.has(code) && status === 503) {
    const used = [...needs[call.operation], ...(uses[call.operation] ?? [])];
    const disturbed = over.some(({ disturbs }) => disturbs.some((dependency) => used.includes(dependency)));
    return broken || disturbed ? [] : [`${describe(call)} with no fault to blame`];
  }
  if (status === 401 || (status === 429 && limits.has(code))) return []; // judged with their accounts and sessions
  return [`${describe(call)} is not an answer to this`];
}

/** A price is live for this long after the last word about it, the slowest asset's and the time to notice included. */
const LIVE_MS_MAX = 15_000 + 2_000 + 1_000;
const NOTICE_MS = 1_000;

/** Prices may be shown whatever is away, but not as live when nobody confirms them. */
function livePrices({ calls, windows }: History): string[] {
  const silences = windows.filter(({ away }) => away.includes('feed'));
  return calls.flatMap((call) => {
    const live = call.end.live ?? [];
    if (live.length === 0) return [];
    return silences
      .filter(
        ({ inEffectAtMs, healingAtMs }) =>
          call.begunAtMs > inEffectAtMs + LIVE_MS_MAX + NOTICE_MS && call.endedAtMs < healingAtMs,
      )
      .map(({ fault }) => `${describe(call)} calls ${live.join(', ')} live (${fault})`);
  });
}

/** No process ends but by our hand. */
function processEnds({ ends, windows }: History): string[] {
  return ends
    .filter(
      ({ process, atMs }) =>
        !windows.some(
          (window) =>
            window.ends.includes(process) && atMs >= window.begunAtMs && atMs <= window.inEffectAtMs + NOTICE_MS,
        ),
    )
    .map(({ sentence }) => `nobody killed it: ${sentence}`);
}

export function describe({ id, instance, operation, client, end }: Call): string {
  return `request ${id} (${operation} of ${client} at ${instance}: ${end.status ?? 'no status'} ${end.code ?? end.outcome})`;
}
