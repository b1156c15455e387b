import { type TopicMessage, type TopicName, topics } from '@repo/schemas';
import { z } from 'zod';
import type { KafkaRecord } from './port.ts';

/** Reasons are logged, and a message can have a hundred thousand faults. */
const reasonLengthMax = 1_000;

/** A message with where it came from. */
export interface Received<T extends TopicName> {
  readonly message: TopicMessage<T>;
  readonly record: KafkaRecord;
}

/** Reads a record's value by its topic's schema. What does not fit is a value with a reason, not an error. */
export function parseMessage<T extends TopicName>(
  topic: T,
  value: string,
):
  | { readonly success: true; readonly message: TopicMessage<T> }
  | { readonly success: false; readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    // The parser's own words quote the value, and reasons are logged.
    return { success: false, reason: 'not JSON' };
  }
  const parsed = topics[topic].schema.safeParse(json);
  if (parsed.success) return { success: true, message: parsed.data as TopicMessage<T> };
  return { success: false, reason: z.prettifyError(parsed.error).slice(0, reasonLengthMax) };
}
