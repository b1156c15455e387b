import { TextField } from '@repo/ui';
import type { ComponentProps } from 'react';

/** The address that names a user: every form that asks for it lets password managers know. */
export function EmailField(field: Omit<ComponentProps<typeof TextField>, 'label' | 'type'>) {
  return (
    <TextField
      label="E-mail address"
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      {...field}
    />
  );
}
