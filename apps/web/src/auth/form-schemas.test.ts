import { describe, expect, test } from 'vitest';
import { signInFormSchema, signUpFormSchema } from './form-schemas.ts';

function problems(values: { email: string; password: string }): Record<string, string> {
  const issues = signUpFormSchema.safeParse(values).error?.issues ?? [];
  return Object.fromEntries(issues.map(({ path, message }) => [String(path[0]), message]));
}

describe('sign-up', () => {
  test('accepts what the API accepts, in its canonical form', () => {
    const values = { email: ' Ada@Example.com ', password: 'five green parrots sing' };
    expect(signUpFormSchema.parse(values)).toEqual({ ...values, email: 'ada@example.com' });
  });
  test('names the address when it is none', () => {
    expect(problems({ email: 'ada@', password: 'five green parrots sing' })).toEqual({
      email: 'Enter an e-mail address, such as ada@example.com.',
    });
  });
  test('does not take an unfinished address for part of the password', () => {
    expect(problems({ email: '', password: 'five green parrots sing' })).not.toHaveProperty('password');
    expect(problems({ email: 'five', password: 'five green parrots sing' })).not.toHaveProperty('password');
  });
  test.each([
    ['short', 'at least 12'],
    ['aaaaaaaaaaaaaa', 'first that others would guess'],
    ['my cfd-broker password', 'name of this product'],
    ['lovelace forever and ever', 'your e-mail address'],
  ])('refuses %j by the policy of the API', (password, words) => {
    expect(problems({ email: 'lovelace@example.com', password }).password).toContain(words);
  });
});

describe('sign-in', () => {
  test('applies no policy: an old password may be of another time', () => {
    expect(signInFormSchema.safeParse({ email: 'a@example.com', password: 'x' }).success).toBe(true);
  });
  test('wants a password', () => {
    const issues = signInFormSchema.safeParse({ email: 'a@example.com', password: '' }).error?.issues;
    expect(issues?.[0]?.message).toBe('Enter your password.');
  });
});
