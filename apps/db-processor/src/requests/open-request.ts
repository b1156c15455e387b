import { PoisonMessageError } from '@repo/kafka';
import { EmailSchema, PasswordSchema, type UserRequest } from '@repo/schemas';
import type { Unseal } from '@repo/service';

type Sealed = Extract<UserRequest, { type: 'create' | 'auth' }>;
type Opened<R extends Sealed> = R extends Sealed
  ? Omit<R, 'data'> & { readonly data: Omit<R['data'], 'password'> & { readonly password: string } }
  : never;

/** A request with its password in the clear; it never leaves this process. */
export type OpenedRequest = Exclude<UserRequest, Sealed> | Opened<Sealed>;
export type OpenedRequestOf<T extends UserRequest['type']> = Extract<OpenedRequest, { type: T }>;

/**
 * Unseals the password and checks what the message's schema leaves open.
 *
 * @throws PoisonMessageError when the request can never be carried out; the reason quotes nothing secret.
 */
export async function openRequest(request: UserRequest, unseal: Unseal): Promise<OpenedRequest> {
  if ('email' in request.data && EmailSchema.safeParse(request.data.email).data !== request.data.email) {
    throw new PoisonMessageError('the e-mail address is not in canonical form');
  }
  if (request.type !== 'create' && request.type !== 'auth') return request;
  let password: string;
  try {
    password = await unseal(request.data.password);
  } catch (error) {
    throw new PoisonMessageError('the password was not sealed to this service or was altered', { cause: error });
  }
  if (!PasswordSchema.safeParse(password).success) {
    throw new PoisonMessageError('the password is not one that an api-server accepts');
  }
  return { ...request, data: { ...request.data, password } };
}
