import { randomUUID } from 'node:crypto';
import { changed, type MalformedMessage, malformedAnyhow } from './malformed-message.ts';

/** What can be wrong with an answer of the user store. */
export function malformedUserResponses(replyTo: string): readonly MalformedMessage[] {
  const envelope = { id: randomUUID(), at: Date.now(), requestId: randomUUID() };
  const yes = { ...envelope, success: true, data: { exists: false } };
  const no = { ...envelope, success: false, error: 'busy', data: {} };
  const cases: Record<string, [value: string, reason: RegExp]> = {
    'success as text': [changed(yes, { success: 'true' }), /at success/],
    'neither yes nor no': [changed(yes, { success: undefined }), /at success/],
    'yes with an error': [changed(yes, { error: 'busy' }), /Unrecognized key: "error"/],
    'no without an error': [changed(no, { error: undefined }), /at error/],
    'an unknown error': [changed(no, { error: 'on-fire' }), /at error/],
    'a wait below zero': [changed(no, { data: { retryAfterSeconds: -1 } }), /at data\.retryAfterSeconds/],
    'no data': [changed(yes, { data: undefined }), /at data/],
    'a request id that is none': [changed(yes, { requestId: '__proto__' }), /at requestId/],
  };
  return [
    ...malformedAnyhow(yes, replyTo),
    ...Object.entries(cases).map(([what, [value, reason]]) => ({ what, message: { key: replyTo, value }, reason })),
  ];
}
