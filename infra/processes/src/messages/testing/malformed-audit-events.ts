import type { AuditEvent } from '@repo/schemas';
import { changed, type MalformedMessage, malformedAnyhow, SECRET, withRaw } from './malformed-message.ts';

/** What can be wrong with an audit event, as its schema sees it and as PostgreSQL does. */
export function malformedAuditEvents(good: AuditEvent): readonly MalformedMessage[] {
  const cases: Record<string, [value: string, reason: RegExp]> = {
    'an unknown kind': [changed(good, { kind: 'door-kicked-in' }), /at kind/],
    'no subject': [changed(good, { subject: undefined }), /at subject/],
    'a subject of 300 letters': [changed(good, { subject: 'a'.repeat(300) }), /at subject/],
    'a subject with NUL': [changed(good, { subject: 'ada\0' }), /at subject/],
    'a subject cut in a letter': [changed(good, { subject: 'ada\ud83d' }), /at subject/],
    'an address block cut in a letter': [changed(good, { addressBlock: '\ude00' }), /at addressBlock/],
    'a request id cut in a letter': [changed(good, { requestId: '\ud83d' }), /at requestId/],
    'data within data': [changed(good, { data: { password: { open: SECRET } } }), /at data\.password/],
    'a number beyond a double': [withRaw(good, 'data', '{"count":1e999}'), /at data\.count/],
    'data as a list': [changed(good, { data: [SECRET] }), /at data/],
    'data that PostgreSQL refuses': [changed(good, { data: { text: `${SECRET}\0` } }), /the database refuses/],
    'data cut in a letter': [changed(good, { data: { text: `${SECRET}\ud83d` } }), /the database refuses/],
  };
  return [
    ...malformedAnyhow(good, good.subject),
    ...Object.entries(cases).map(([what, [value, reason]]) => ({
      what,
      message: { key: good.subject, value },
      reason,
    })),
  ];
}
