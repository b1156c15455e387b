'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { normalizePassword, passwordLengthMin } from '@repo/schemas';
import { Button, LengthMeter, PasswordField } from '@repo/ui';
import { useRouter } from 'next/navigation';
import { useForm, useWatch } from 'react-hook-form';
import { browserApi } from '../settings/browser-api.ts';
import { EmailField } from './email-field.tsx';
import { FormError } from './form-error.tsx';
import { signUpFormSchema } from './form-schemas.ts';
import { savePendingSignUp } from './pending-sign-up.ts';
import { isWeakness, problemMessage } from './problem-message.ts';

export function SignUpForm() {
  const router = useRouter();
  const form = useForm({
    resolver: zodResolver(signUpFormSchema),
    defaultValues: { email: '', password: '' },
    reValidateMode: 'onChange',
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const password = useWatch({ control: form.control, name: 'password' });

  const submit = form.handleSubmit(async ({ email, password }) => {
    try {
      savePendingSignUp(email, await browserApi().signup({ email, password }));
      router.push('/verify');
    } catch (error) {
      const message = problemMessage(error);
      if (isWeakness(error)) form.setError('password', { message }, { shouldFocus: true });
      else form.setError('root', { message });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <FormError>{errors.root?.message}</FormError>
      <EmailField error={errors.email?.message} {...form.register('email')} />
      <PasswordField
        label="Password"
        className="mt-3"
        autoComplete="new-password"
        error={errors.password?.message}
        hint={<LengthMeter length={Array.from(normalizePassword(password)).length} lengthMin={passwordLengthMin} />}
        {...form.register('password')}
      />
      <Button type="submit" size="large" className="mt-4 w-full" pending={isSubmitting || isSubmitSuccessful}>
        Create account
      </Button>
    </form>
  );
}
