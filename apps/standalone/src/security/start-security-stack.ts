import { Browser } from '@repo/api-server/testing';
import { processedRequests, sessions, users } from '@repo/db';
import { startTestStack, type TestStack } from '../testing/start-test-stack.ts';

/** A password that the policy takes. */
export const password = 'five green parrots sing';

export interface SecurityStack extends TestStack {
  browser(): Browser;
  /** A browser whose new user has just signed up. */
  signedUp(email: string, secret?: string): Promise<Browser>;
  /** What the system has stored and sent on behalf of clients. */
  stored(): Promise<{ users: number; sessions: number; requests: number; mails: number }>;
  /** Passwords hashed or verified so far. */
  hashed(): Promise<number>;
}

/** Attacks come from one address here; limits by address are tested where they are the subject. */
const noAddressLimits = {
  SIGNINS_PER_10_SECONDS: '1000000',
  SIGNUPS_PER_10_MINUTES: '1000000',
  CODE_TRIES_PER_10_SECONDS: '1000000',
  REFRESHES_PER_10_SECONDS: '1000000',
};

/** The whole stack, with what attacks need at hand. */
export async function startSecurityStack(environment: Record<string, string> = {}): Promise<SecurityStack> {
  const stack = await startTestStack({ ...noAddressLimits, ...environment });
  const browser = () => new Browser({ url: stack.apiUrl, origin: stack.webOrigin });
  const { db } = stack.databases.dbProcessor;
  return {
    ...stack,
    browser,
    async signedUp(email, secret = password) {
      const fresh = browser();
      const answer = await fresh.signUp(stack.mailbox, email, secret);
      if (answer.status !== 201) throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return fresh;
    },
    async stored() {
      return {
        users: await db.$count(users),
        sessions: await db.$count(sessions),
        requests: await db.$count(processedRequests),
        mails: stack.mailbox.list().length,
      };
    },
    async hashed() {
      const dbProcessor = stack.services.find(({ name }) => name === 'db-processor');
      const text = (await dbProcessor?.metrics.metrics()) ?? '';
      const count = /^cfd_db_processor_hashing_seconds_count(?:\{[^}]*\})? ([0-9]+)$/m.exec(text)?.[1];
      if (count === undefined) throw new Error('the db-processor does not count hashes');
      return Number(count);
    },
  };
}
