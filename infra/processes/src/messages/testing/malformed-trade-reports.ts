import { randomUUID } from 'node:crypto';
import { changed, type MalformedMessage, malformedAnyhow } from './malformed-message.ts';

/** What can be wrong with an event. */
export function malformedTradeEvents(accountId: string): readonly MalformedMessage[] {
  const data = { type: 'deposited', sequence: 1, at: Date.now(), accountId, amount: 1 };
  const envelope = { id: randomUUID(), at: data.at, shard: 0, sequence: 1, accountId, commandId: randomUUID() };
  const good = { ...envelope, type: data.type, data };
  return malformed(good, accountId, {
    'a shard that is none': { shard: 12 },
    'a sequence of zero': { sequence: 0 },
    'a sequence that is not exact': { sequence: 2 ** 53 },
    'no event': { data: null },
    'an account of JavaScript': { accountId: '__proto__' },
  });
}

/** What can be wrong with an answer. */
export function malformedTradeAnswers(replyTo: string): readonly MalformedMessage[] {
  const outcome = { type: 'accepted', events: [] };
  const good = { id: randomUUID(), at: Date.now(), commandId: randomUUID(), shard: 0, outcome };
  return malformed(good, replyTo, {
    'a shard that is none': { shard: -1 },
    'no outcome': { outcome: null },
    'an unknown outcome': { outcome: { type: 'perhaps' } },
    'accepted and refused': { outcome: { ...outcome, code: 'unknown-account' } },
    'a command id of JavaScript': { commandId: '__proto__' },
  });
}

function malformed(
  good: Readonly<Record<string, unknown>>,
  key: string,
  cases: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly MalformedMessage[] {
  return [
    ...malformedAnyhow(good, key),
    ...Object.entries(cases).map(([what, fields]) => ({
      what,
      message: { key, value: changed(good, fields) },
      reason: /\S/,
    })),
  ];
}
