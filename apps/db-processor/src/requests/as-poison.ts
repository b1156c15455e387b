import { PoisonMessageError } from '@repo/kafka';

// Data exceptions and violated constraints: the database will refuse the same values every time.
const SQLSTATE = /^2[23]...$/;

/**
 * A `PoisonMessageError` for what the database refused because of what is in the message (a NUL in a text, a number out
 * of range …); `undefined` for any other error: that may pass.
 */
export function asPoison(error: unknown): PoisonMessageError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && SQLSTATE.test(at.code)) {
      return new PoisonMessageError(`the database refuses what is in it (${at.code}: ${at.message})`, { cause: error });
    }
  }
  return undefined;
}
