import { v5 } from 'uuid';

// Ids that follow from what they are for: whoever asks again gets the same one. Fixed for ever.
const ACCOUNTS = '4f0e4d43-6f8e-4c0a-9d67-2b7f0c3f8a11';
const COMMANDS = 'b2c7a1de-1a55-4e0b-8f3c-90d7e6a4c522';

/** What a client may name, so that it is done once. */
export type NamedCommand = 'deposit' | 'withdraw' | 'close-position';

/** The account that every user has from the beginning. */
export function firstAccountId(userId: string): string {
  return v5(`first:${userId}`, ACCOUNTS);
}

/** A further account that the user has named. */
export function namedAccountId(userId: string, clientRequestId: string): string {
  return v5(`named:${userId}:${clientRequestId}`, ACCOUNTS);
}

/** The `attempt`th try, from 0, of a named command: each one follows a refusal, which does not use the name up. */
export function namedCommandId(
  accountId: string,
  type: NamedCommand,
  clientRequestId: string,
  attempt: number,
): string {
  return v5(`${accountId}:${type}:${attempt}:${clientRequestId}`, COMMANDS);
}
