import { z } from 'zod';
import { wallClockMs } from '../shell/wall-clock.ts';

const PendingSignUpSchema = z.object({
  email: z.string(),
  /** When the code dies and when another may be asked for, of `wallClockMs`. */
  expiresAtMs: z.number(),
  resendAtMs: z.number(),
});
/** A sign-up that waits for its code, in this tab. Survives a reload; holds no secret. */
export type PendingSignUp = z.infer<typeof PendingSignUpSchema>;

const KEY = 'pending-sign-up';

export function savePendingSignUp(
  email: string,
  sent: { readonly expiresInSeconds: number; readonly resendAfterSeconds: number },
): PendingSignUp {
  const now = wallClockMs();
  const pending = {
    email,
    expiresAtMs: now + sent.expiresInSeconds * 1000,
    resendAtMs: now + sent.resendAfterSeconds * 1000,
  };
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  return pending;
}

export function loadPendingSignUp(): PendingSignUp | undefined {
  try {
    return PendingSignUpSchema.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null')).data;
  } catch {
    // Not JSON: not ours.
    return undefined;
  }
}

export function clearPendingSignUp(): void {
  sessionStorage.removeItem(KEY);
}
