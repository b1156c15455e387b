import { SealedSchema } from '@repo/schemas';
import { z } from 'zod';

/** What a code unlocks. */
const PendingSignUpSchema = z.strictObject({
  password: SealedSchema,
  /** ms since the epoch, by the clock of the server that made it: when the code dies. */
  expiresAt: z.int(),
});
export type PendingSignUp = z.infer<typeof PendingSignUpSchema>;

export function writePendingSignUp(pending: PendingSignUp): string {
  return JSON.stringify(pending);
}

export function readPendingSignUp(payload: string): PendingSignUp {
  return PendingSignUpSchema.parse(JSON.parse(payload));
}
