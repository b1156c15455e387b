import { EmailSchema, findPasswordWeakness, PasswordSchema } from '@repo/schemas';
import { z } from 'zod';
import { weaknessMessage } from './problem-message.ts';

function isEmail(text: string): boolean {
  return EmailSchema.safeParse(text).success;
}

const EmailField = z
  .string()
  .refine(isEmail, 'Enter an e-mail address, such as ada@example.com.')
  .transform((text) => EmailSchema.parse(text));

/** The contract's sign-in, with the words of a form. */
export const signInFormSchema = z.object({
  email: EmailField,
  password: z.string().min(1, 'Enter your password.').pipe(PasswordSchema),
});

/** The contract's sign-up with the policy for new passwords, as the api-server applies it. */
export const signUpFormSchema = z
  .object({ email: EmailField, password: z.string() })
  .superRefine(({ email, password }, context) => {
    const weakness = findPasswordWeakness(password, email);
    // An address that is not one yet is part of everything.
    if (weakness === 'password-contains-address' && !isEmail(email)) return;
    if (weakness !== undefined) {
      context.addIssue({ code: 'custom', path: ['password'], message: weaknessMessage(weakness) });
    }
  });

export const emailFormSchema = z.object({ email: EmailField });
