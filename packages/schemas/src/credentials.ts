import { z } from 'zod';
import { isStorable } from './common.ts';

/**
 * An e-mail address in its one canonical form. ASCII only, so that no look-alike letter makes a second address of
 * one; lower-cased, so that case does not. Dots are kept: whether they matter is the mail provider's business.
 */
export const EmailSchema = z
  .string()
  .max(254)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email('must be an e-mail address').max(254))
  .meta({ id: 'Email', example: 'ada@example.com' });

/** What is accepted as input where a password is checked; the rules for new passwords are in password-policy.ts. */
export const PasswordSchema = z
  .string()
  .min(1)
  .max(512)
  .refine(isStorable, 'must not contain NUL or broken characters')
  .meta({ id: 'Password', format: 'password', example: 'five green parrots sing' });

export const OtpSchema = z
  .string()
  .regex(/^[0-9]{6}$/, 'must be the 6 digits from the mail')
  .meta({ id: 'Otp', example: '493817' });
