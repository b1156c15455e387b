import { EmailSchema, findPasswordWeakness, PasswordSchema, type PasswordWeakness } from '@repo/schemas';
import { z } from 'zod';
import { weaknessMessage } from './problem-message.ts';

const EmailField = z
  .string()
  .refine((text) => EmailSchema.safeParse(text).success, 'Enter an e-mail address, such as ada@example.com.')
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
    const weakness: PasswordWeakness | undefined = findPasswordWeakness(password, email);
    if (weakness !== undefined) {
      context.addIssue({ code: 'custom', path: ['password'], message: weaknessMessage(weakness) });
    }
  });

export const emailFormSchema = z.object({ email: EmailField });
