'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { Button } from '@repo/ui';
import { useForm } from 'react-hook-form';
import { browserApi } from '../settings/browser-api.ts';
import { EmailField } from './email-field.tsx';
import { FormError } from './form-error.tsx';
import { emailFormSchema } from './form-schemas.ts';
import { type PendingSignUp, savePendingSignUp } from './pending-sign-up.ts';
import { problemMessage } from './problem-message.ts';

/** Asks for the address of a sign-up begun elsewhere, and sends it a code. */
export function RequestCodeForm({ onSent }: { readonly onSent: (pending: PendingSignUp) => void }) {
  const form = useForm({ resolver: zodResolver(emailFormSchema), defaultValues: { email: '' } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ email }) => {
    try {
      onSent(savePendingSignUp(email, await browserApi().resendOtp({ email })));
    } catch (error) {
      form.setError('root', { message: problemMessage(error) });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <FormError>{errors.root?.message}</FormError>
      <EmailField error={errors.email?.message} {...form.register('email')} />
      <Button type="submit" size="large" className="mt-4 w-full" pending={isSubmitting}>
        Send a code
      </Button>
    </form>
  );
}
