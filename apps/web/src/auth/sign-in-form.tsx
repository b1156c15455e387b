'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { Button, PasswordField } from '@repo/ui';
import { useRouter } from 'next/navigation';
import { useForm } from 'react-hook-form';
import { closePriceConnection } from '../prices/price-connection.ts';
import { setSessionHint } from '../session/session-hint.ts';
import { browserApi } from '../settings/browser-api.ts';
import { EmailField } from './email-field.tsx';
import { FormError } from './form-error.tsx';
import { signInFormSchema } from './form-schemas.ts';
import { problemMessage } from './problem-message.ts';

export function SignInForm() {
  const router = useRouter();
  const form = useForm({ resolver: zodResolver(signInFormSchema), defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async (credentials) => {
    try {
      await browserApi().signin(credentials);
      await setSessionHint(true);
      closePriceConnection();
      router.replace('/dashboard');
    } catch (error) {
      form.setError('root', { message: problemMessage(error) });
      form.setFocus('password', { shouldSelect: true });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <FormError>{errors.root?.message}</FormError>
      <EmailField error={errors.email?.message} {...form.register('email')} />
      <PasswordField
        label="Password"
        className="mt-3"
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register('password')}
      />
      <Button type="submit" size="large" className="mt-4 w-full" pending={isSubmitting || isSubmitSuccessful}>
        Sign in
      </Button>
    </form>
  );
}
