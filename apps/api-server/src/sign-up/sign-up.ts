import type { OtpStore, PendingOtp, RateLimit, RateLimiter } from '@repo/redis';
import {
  findPasswordWeakness,
  normalizePassword,
  type PasswordWeakness,
  type SessionData,
  type SessionSeed,
} from '@repo/schemas';
import type { Seal } from '@repo/service';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LimitHits } from '../limits/limit-hits.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import type { OutgoingMail } from '../mail/mailer.ts';
import type { AuthGate } from '../user-store/auth-gate.ts';
import type { UserRequests } from '../user-store/user-requests.ts';
import { commonPasswords } from './common-passwords.ts';
import { createCode, hashCode } from './one-time-code.ts';
import { readPendingSignUp, writePendingSignUp } from './pending-sign-up.ts';
import { takeSend } from './send-limit.ts';
import { alreadySignedUpMail, codeMail, nothingPendingMail } from './sign-up-mails.ts';

const PURPOSE = 'signup';

export interface SignUpOptions {
  readonly otps: OtpStore;
  readonly limits: RateLimiter;
  readonly hits: LimitHits;
  readonly users: UserRequests;
  readonly gate: AuthGate;
  readonly mails: MailQueue;
  readonly audit: AuditLog;
  readonly seal: Seal;
  readonly otpSecret: string;
  readonly otpTtlMs: number;
  readonly tries: { readonly attemptsMax: number; readonly attemptsWindowMs: number };
  readonly codeSends: readonly RateLimit[];
}

/** Who asks, for the audit table. */
export interface Caller {
  readonly addressBlock: string;
  readonly requestId: string;
}

export type CodeRequestOutcome =
  | { readonly outcome: 'code-sent' }
  | { readonly outcome: 'weak-password'; readonly weakness: PasswordWeakness }
  | { readonly outcome: 'too-many-sends'; readonly retryAfterMs: number }
  | { readonly outcome: 'mail-unavailable' };

export type VerificationOutcome =
  | { readonly outcome: 'signed-up'; readonly session: SessionData }
  | { readonly outcome: 'code-incorrect'; readonly attemptsLeft: number }
  | { readonly outcome: 'code-exhausted'; readonly retryAfterMs: number };

/**
 * Sign-up in two steps: a pending sign-up that a mailed code opens. Known and unknown addresses take the same path,
 * step by step, and get the same answer; only the mail differs, and only its owner reads that.
 */
export class SignUp {
  readonly #options: SignUpOptions;

  constructor(options: SignUpOptions) {
    this.#options = options;
  }

  /** A new pending sign-up replaces the one before. */
  async request(email: string, password: string, caller: Caller): Promise<CodeRequestOutcome> {
    const weakness = findPasswordWeakness(password, email, commonPasswords);
    if (weakness !== undefined) return { outcome: 'weak-password', weakness };
    const refused = await this.#takeSend(email, caller);
    if (refused !== undefined) return refused;
    const known = await this.#isKnown(email);
    const sealed = await this.#options.seal(normalizePassword(password));
    const payload = writePendingSignUp({ password: sealed, expiresAt: Date.now() + this.#options.otpTtlMs });
    await this.#putAndMail(email, payload, known);
    this.#options.audit.record({ kind: 'signup-requested', subject: email, ...caller });
    return { outcome: 'code-sent' };
  }

  /** A new code for the same pending sign-up. The count of tries goes on. */
  async resend(email: string, caller: Caller): Promise<CodeRequestOutcome> {
    const refused = await this.#takeSend(email, caller);
    if (refused !== undefined) return refused;
    const pending = await this.#options.otps.get(PURPOSE, email);
    if (pending === undefined) {
      this.#options.mails.add(nothingPendingMail(email));
    } else {
      const { password } = readPendingSignUp(pending.payload);
      const payload = writePendingSignUp({ password, expiresAt: Date.now() + this.#options.otpTtlMs });
      await this.#putAndMail(email, payload, pending.codeHash === null);
    }
    return { outcome: 'code-sent' };
  }

  /** One try at the code; the right one creates the user and starts a session. */
  verify(email: string, code: string, session: SessionSeed, caller: Caller): Promise<VerificationOutcome> {
    // The gate comes before the code is used up: who is turned away there keeps it.
    return this.#options.gate.run(() => this.#verify(email, code, session, caller));
  }

  async #verify(email: string, code: string, session: SessionSeed, caller: Caller): Promise<VerificationOutcome> {
    const { otps, audit, tries, otpSecret } = this.#options;
    const codeHash = hashCode(otpSecret, PURPOSE, email, code);
    const consumed = await otps.consume(PURPOSE, email, codeHash, tries);
    if (consumed.outcome === 'exhausted') {
      audit.recordFirst({ kind: 'code-exhausted', subject: email, ...caller }, consumed.retryAfterMs);
      return { outcome: 'code-exhausted', retryAfterMs: consumed.retryAfterMs };
    }
    if (consumed.outcome === 'incorrect') {
      audit.record({ kind: 'code-incorrect', subject: email, ...caller });
      return { outcome: 'code-incorrect', attemptsLeft: consumed.attemptsLeft };
    }
    try {
      const created = await this.#createUser(email, consumed.payload, session);
      return created === undefined
        ? { outcome: 'code-incorrect', attemptsLeft: tries.attemptsMax - 1 }
        : { outcome: 'signed-up', session: created };
    } catch (error) {
      await this.#putBack(email, { codeHash, payload: consumed.payload });
      throw error;
    }
  }

  async #createUser(email: string, payload: string, session: SessionSeed): Promise<SessionData | undefined> {
    const { password } = readPendingSignUp(payload);
    const data = { email, password, session };
    const created = await this.#options.users.ask('create', email, data);
    if (created.success) return created.data;
    // The user exists: most likely an earlier try of this very code, whose answer was lost, created it. Then this is
    // its password too, and the newcomer is signed in; otherwise the sign-up is void.
    const authenticated = await this.#options.users.ask('auth', email, data);
    return authenticated.success ? authenticated.data : undefined;
  }

  /** After a failure that may pass the same code must work again, unless a newer one was sent meanwhile. */
  async #putBack(email: string, pending: PendingOtp): Promise<void> {
    const { otps } = this.#options;
    const ttlMs = readPendingSignUp(pending.payload).expiresAt - Date.now();
    if (ttlMs > 0 && (await otps.get(PURPOSE, email)) === undefined) await otps.put(PURPOSE, email, pending, ttlMs);
  }

  async #takeSend(
    email: string,
    caller: Caller,
  ): Promise<Exclude<CodeRequestOutcome, { outcome: 'code-sent' }> | undefined> {
    const { limits, hits, codeSends, mails } = this.#options;
    if (!mails.works) return { outcome: 'mail-unavailable' };
    const refusal = await takeSend(limits, codeSends, email);
    if (refusal === undefined) return undefined;
    hits.report({ limit: refusal.limit, subject: email, ...caller });
    return { outcome: 'too-many-sends', retryAfterMs: refusal.retryAfterMs };
  }

  async #isKnown(email: string): Promise<boolean> {
    const answer = await this.#options.users.ask('check', email, { email });
    if (!answer.success) throw new Error(`the user store refused a check: ${answer.error}`);
    return answer.data.exists;
  }

  async #putAndMail(email: string, payload: string, known: boolean): Promise<void> {
    const { otps, mails, otpSecret, otpTtlMs } = this.#options;
    const code = createCode();
    // The hash is made either way and thrown away for a decoy, which no code opens.
    const hash = hashCode(otpSecret, PURPOSE, email, code);
    await otps.put(PURPOSE, email, { codeHash: known ? null : hash, payload }, otpTtlMs);
    const mail: OutgoingMail = known
      ? alreadySignedUpMail(email)
      : codeMail(email, code, Math.floor(otpTtlMs / 60_000));
    mails.add(mail);
  }
}
