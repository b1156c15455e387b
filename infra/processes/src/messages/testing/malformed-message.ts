import { randomBytes } from 'node:crypto';
import type { AnyMessage } from './produce.ts';

/** A message that nobody can handle, and what its dead letter says of it. */
export interface MalformedMessage {
  readonly what: string;
  readonly message: AnyMessage;
  readonly reason: RegExp;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Stands where secrets stand; it must appear in no reason and no log. */
export const SECRET = 'six-brown-parrots-sleep';
/** As much as the brokers take in one message. */
const HUGE = 1_080_000;

/** The message with some fields changed; `undefined` takes one away. */
export function changed(good: Fields, fields: Fields): string {
  return JSON.stringify({ ...good, ...fields });
}

/** The message with a field that only text can hold: a number beyond a double, a key of JavaScript's own. */
export function withRaw(good: Fields, name: string, json: string): string {
  const others = Object.entries(good).filter(([field]) => field !== name);
  const fields = others.map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`);
  return `{${[...fields, `"${name}":${json}`].join(',')}}`;
}

/** What can be wrong with a message of any topic. */
export function malformedAnyhow(good: Fields, key: string): readonly MalformedMessage[] {
  const text = JSON.stringify(good);
  const cases: Record<string, [value: string | Buffer | null, reason: RegExp]> = {
    'cut off': [text.slice(0, -1), /^not JSON$/],
    'two messages in one': [text + text, /^not JSON$/],
    'plain words': [SECRET, /^not JSON$/],
    empty: ['', /^not JSON$/],
    'a tombstone': [null, /^not JSON$/],
    'bytes that are no text': [
      Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0xc3, 0x28]), randomBytes(200)]),
      /^not JSON$/,
    ],
    'UTF-16': [Buffer.from(text, 'utf16le'), /^not JSON$/],
    'NUL bytes': ['\0'.repeat(50_000), /^not JSON$/],
    'NaN as a time': [withRaw(good, 'at', 'NaN'), /^not JSON$/],
    'huge and no JSON': ['x'.repeat(HUGE), /^not JSON$/],
    'huge in one field': [changed(good, { secret: SECRET.padEnd(HUGE, '.') }), /Unrecognized key/],
    'a hundred thousand fields': [
      `{${Array.from({ length: 100_000 }, (_, index) => `"f${index}":0`).join(',')}}`,
      /\S/, // cut to a size that can be logged, which the test checks of all reasons
    ],
    'half a million lists within each other': [
      '['.repeat(500_000) + ']'.repeat(500_000),
      /expected object|Invalid input/,
    ],
    'JSON null': ['null', /expected object|Invalid input/],
    'a list': [`[${text}]`, /expected object|Invalid input/],
    'a text that holds a message': [JSON.stringify(text), /expected object|Invalid input/],
    'a field more': [changed(good, { password: SECRET }), /Unrecognized key: "password"/],
    'a field named __proto__': [
      withRaw(good, '__proto__', `{"isAdmin":true,"x":"${SECRET}"}`),
      /Unrecognized key: "__proto__"/,
    ],
    'a field named constructor': [withRaw(good, 'constructor', '{"prototype":{}}'), /Unrecognized key: "constructor"/],
    'no id': [changed(good, { id: undefined }), /at id/],
    'an id that is none': [changed(good, { id: SECRET }), /Invalid UUID\n.*at id/],
    'an id in capitals': [changed(good, { id: 'ABCDEF01-2345-4678-9ABC-DEF012345678' }), /at id/],
    'a time before 1970': [changed(good, { at: -1 }), /at at/],
    'half a millisecond': [changed(good, { at: 0.5 }), /at at/],
    'a time beyond a double': [withRaw(good, 'at', '1e999'), /at at/],
    'a time beyond every calendar': [changed(good, { at: 9e15 }), /at at/],
    'a time beyond the year 9999': [changed(good, { at: 8e15 }), /at at/],
    'a time as text': [changed(good, { at: `${Date.now()}` }), /at at/],
    'a time as an object': [changed(good, { at: { valueOf: SECRET } }), /at at/],
  };
  return [
    ...Object.entries(cases).map(([what, [value, reason]]) => ({ what, message: { key, value }, reason })),
    { what: 'no key and no JSON', message: { value: 'no' }, reason: /^not JSON$/ },
    // To a named partition: the library takes minutes to find one for such a key.
    { what: 'a huge key', message: { key: 'k'.repeat(500_000), value: 'no', partition: 0 }, reason: /^not JSON$/ },
    { what: 'headers of any kind', message: { key, value: 'no', headers: brokenHeaders }, reason: /^not JSON$/ },
    { what: 'compressed and no JSON', message: { key, value: 'no', compression: 'gzip' }, reason: /^not JSON$/ },
  ];
}

/** Headers that no client of this program sends; a good message with them is a good message. */
export const brokenHeaders: NonNullable<AnyMessage['headers']> = [
  ['traceparent', '00-zzzz-not-a-trace-01'],
  ['tracestate', 'x'.repeat(20_000)],
  ['baggage', Buffer.from([0xff, 0x00, 0xfe])],
  ['x-request-id', SECRET],
  ['__proto__', '{"isAdmin":true}'],
  ['', 'nameless'],
  ['nothing', null],
];
