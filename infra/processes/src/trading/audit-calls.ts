import { isDeepStrictEqual } from 'node:util';
import type { Books } from './books.ts';
import type { Finding } from './finding.ts';
import type { TradeCall, TradeFault } from './trade-journal.ts';
import { stepsOf, ticksOf } from './units.ts';

/** Answers that leave open what became of a request: the client asks again. */
const undecided = new Set(['service-unavailable', 'too-busy', 'too-many-requests']);
const duplicates = new Set(['duplicate-client-order-id', 'duplicate-client-request-id']);

/**
 * What clients were told against what is in the books. 3: what was acknowledged is there. 8: a name has one effect and
 * one answer. 9: nothing is acknowledged that could not be booked.
 *
 * Every named request must have been sent again until it was decided.
 */
export function auditCalls(calls: readonly TradeCall[], faults: readonly TradeFault[], books: Books): Finding[] {
  return [
    ...auditStatuses(calls),
    ...auditAcknowledged(calls, books),
    ...auditNames(calls, books),
    ...auditTransfers(calls, books),
    ...auditFailClosed(calls, faults),
  ];
}

/** No bug surfaces as a 5xx, and no refusal without a code. */
function auditStatuses(calls: readonly TradeCall[]): Finding[] {
  return calls.flatMap((call): Finding[] => {
    const { status = 0, code } = call.end;
    const isFine = status < 500 || (status === 503 && undecided.has(code ?? ''));
    if (isFine && (call.end.outcome !== 'fail' || code !== undefined)) return [];
    return [{ invariant: 9, what: `${call.operation} was answered ${status} ${code ?? ''}`, rows: call }];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers are judged as they were sent
type Answer = any;

function auditAcknowledged(calls: readonly TradeCall[], books: Books): Finding[] {
  const findings: Finding[] = [];
  const orders = new Map(books.orders.map((row) => [`${row.shard}-${row.id}`, row]));
  const fills = new Map(books.fills.map((row) => [`${row.shard}-${row.id}`, row]));
  const acknowledged = calls.filter(({ end, operation }) => end.outcome === 'ok' && !operation.startsWith('GET'));
  for (const call of acknowledged) {
    const answer = call.end.answer as Answer;
    const missing = (what: string) => findings.push({ invariant: 3, what, rows: call });
    if (answer?.order !== undefined) {
      const row = orders.get(answer.order.id);
      if (row === undefined || row.account !== call.account)
        missing(`acknowledged order ${answer.order.id} is not there`);
      else if (answer.order.status !== 'accepted' && row.status !== answer.order.status) {
        missing(`order ${answer.order.id} was ${answer.order.status} and is ${row.status}`);
      }
    }
    for (const fill of answer?.fills ?? []) {
      const row = fills.get(fill.id);
      const isThere =
        row !== undefined &&
        row.account === call.account &&
        row.price === ticksOf(fill.asset, fill.price) &&
        row.quantity === stepsOf(fill.asset, fill.quantity) &&
        row.side === fill.side;
      if (!isThere) missing(`acknowledged fill ${fill.id} is not there as told`);
    }
    for (const id of answer?.orderIds ?? []) {
      if (orders.get(id)?.status !== 'cancelled') missing(`order ${id} was told cancelled, and is not`);
    }
  }
  return findings;
}

function auditNames(calls: readonly TradeCall[], books: Books): Finding[] {
  const findings: Finding[] = [];
  const byName = new Map(books.orders.map((row) => [`${row.account} ${row.clientOrderId}`, row]));
  for (const group of groupsOf(calls)) {
    const [first] = group as [TradeCall];
    const took = group.filter(({ end }) => end.outcome === 'ok');
    const told = took[0];
    const report = (what: string, call: TradeCall) => {
      findings.push({ invariant: 8, what: `${first.operation} ${first.name}: ${what}`, rows: [told, call] });
    };
    for (const call of took) {
      if (!isDeepStrictEqual(call.body, told?.body)) report('two bodies were accepted', call);
      else if (!isDeepStrictEqual(call.end.answer, told?.end.answer)) report('another answer to the same', call);
    }
    if (told !== undefined) {
      for (const call of group) {
        if (call.begunAtMs <= told.endedAtMs || call.end.outcome !== 'fail') continue;
        const code = call.end.code ?? '';
        if (undecided.has(code)) continue;
        if (isDeepStrictEqual(call.body, told.body)) report(`accepted, and later refused with ${code}`, call);
        else if (!duplicates.has(code)) report(`another body was refused with ${code}`, call);
      }
    }
    if (first.operation !== 'POST /orders') continue;
    const row = byName.get(`${first.account} ${first.name}`);
    byName.delete(`${first.account} ${first.name}`);
    const isOpen = group.some(({ end }) => end.outcome === 'unknown');
    if (told === undefined && row !== undefined) {
      const what = `${first.name} was never acknowledged, and is there`;
      findings.push({ invariant: isOpen ? 8 : 9, what, rows: { row, group } });
    }
    if (told !== undefined && row === undefined) {
      findings.push({ invariant: 3, what: `${first.name} was acknowledged, and is not there`, rows: told });
    }
  }
  const accounts = new Set(calls.map(({ account }) => account));
  for (const row of byName.values()) {
    if (accounts.has(row.account)) findings.push({ invariant: 5, what: 'an order that nobody sent', rows: row });
  }
  return findings;
}

/** Money that came in and went out is what was acknowledged, each once. The opening credit has no request. */
function auditTransfers(calls: readonly TradeCall[], books: Books): Finding[] {
  const findings: Finding[] = [];
  const causes = new Map(books.transactions.map((row) => [`${row.shard}-${row.sequence}`, row.cause.split(':')[0]]));
  const told = new Map<string, TradeCall>();
  for (const call of calls) {
    if (call.end.outcome !== 'ok' || !/\/(deposits|withdrawals)$/.test(call.operation)) continue;
    const id = (call.end.answer as Answer).transactionId as string;
    const kind = call.operation.endsWith('deposits') ? 'deposit' : 'withdrawal';
    if (causes.get(id) !== kind) findings.push({ invariant: 3, what: `${kind} ${id} is not there`, rows: call });
    const other = told.get(id);
    if (other !== undefined && other.name !== call.name) {
      findings.push({ invariant: 8, what: `two requests were told of ${kind} ${id}`, rows: [other, call] });
    }
    told.set(id, call);
  }
  const accounts = new Set(calls.map(({ account }) => account));
  const credited = new Set<string>();
  for (const { shard, sequence, account } of books.entries) {
    const id = `${shard}-${sequence}`;
    const owner = account.slice('client:'.length);
    const kind = causes.get(id);
    if ((kind !== 'deposit' && kind !== 'withdrawal') || !accounts.has(owner) || told.has(id)) continue;
    if (kind === 'deposit' && !credited.has(owner)) credited.add(owner);
    else findings.push({ invariant: 8, what: `${kind} ${id} that nobody was told of`, rows: { account: owner } });
  }
  return findings;
}

/** 9: nothing new is acknowledged while nothing can be booked. A name that was sent before may have been. */
function auditFailClosed(calls: readonly TradeCall[], faults: readonly TradeFault[]): Finding[] {
  const firstSent = new Map<string, number>();
  for (const call of calls) {
    const key = keyOf(call);
    if (key !== undefined) firstSent.set(key, Math.min(firstSent.get(key) ?? Infinity, call.begunAtMs));
  }
  return calls.flatMap((call): Finding[] => {
    if (call.end.outcome !== 'ok' || call.operation.startsWith('GET')) return [];
    const sentAtMs = firstSent.get(keyOf(call) ?? '') ?? call.begunAtMs;
    const fault = faults.find(({ stops, inEffectAtMs, healingAtMs }) => {
      return stops && sentAtMs > inEffectAtMs && call.endedAtMs < healingAtMs;
    });
    return fault === undefined ? [] : [{ invariant: 9, what: `acknowledged during "${fault.fault}"`, rows: call }];
  });
}

/** Requests of the same name, in the order in which they were sent. */
function groupsOf(calls: readonly TradeCall[]): TradeCall[][] {
  const groups = new Map<string, TradeCall[]>();
  for (const call of calls.toSorted((one, other) => one.begunAtMs - other.begunAtMs)) {
    const key = keyOf(call);
    if (key === undefined) continue;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(call);
  }
  return [...groups.values()];
}

function keyOf({ account, operation, name, target }: TradeCall): string | undefined {
  return name === undefined ? undefined : `${account} ${operation} ${target ?? ''} ${name}`;
}
