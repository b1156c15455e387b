import type { UserError, UserRequestType, UserResponseData } from '@repo/schemas';

/** What a request is answered, its envelope aside. */
export type UserAnswer<T extends UserRequestType = UserRequestType> =
  | { readonly success: true; readonly data: UserResponseData[T] }
  | { readonly success: false; readonly error: UserError; readonly data: { readonly retryAfterSeconds?: number } };

/** The answer is no. */
export function refuse(error: Exclude<UserError, 'busy'>): UserAnswer<never> {
  return { success: false, error, data: {} };
}
