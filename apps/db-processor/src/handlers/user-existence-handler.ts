import { users } from '@repo/db';
import { eq } from 'drizzle-orm';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import type { UserAnswer } from '../requests/user-answer.ts';
import type { HandlerContext } from './handler-context.ts';

/** Says whether an address has a user. Changes nothing. */
export async function userExistenceHandler(
  { database }: HandlerContext,
  request: OpenedRequestOf<'check'>,
): Promise<UserAnswer<'check'>> {
  const rows = await database.select({ id: users.id }).from(users).where(eq(users.email, request.data.email));
  return { success: true, data: { exists: rows.length > 0 } };
}
