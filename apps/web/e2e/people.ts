import { expect, type Page } from '@playwright/test';
import { createApiClient } from '@repo/client';
import { choosePorts } from './ports.ts';

export interface Person {
  readonly email: string;
  readonly password: string;
}

let count = 0;

/** Somebody new. */
export function newPerson(): Person {
  count += 1;
  return {
    email: `person-${process.env.TEST_WORKER_INDEX}-${count}-${Date.now()}@example.com`,
    password: 'five green parrots sing',
  };
}

/** The newest code that was mailed to an address. */
export async function readCode(email: string): Promise<string> {
  const ports = await choosePorts();
  const api = createApiClient({ baseUrl: `http://localhost:${ports.http}` });
  let code: string | undefined;
  await expect(async () => {
    const mail = (await api.mailbox()).find(({ to }) => to === email);
    code = /\b[0-9]{6}\b/.exec(mail?.text ?? '')?.[0];
    expect(code).toBeDefined();
  }).toPass({ intervals: [50, 100, 200] });
  return code ?? '';
}

/** Fills in the first step of a sign-up and waits for the second. */
export async function askForCode(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/verify');
  await expect(page.getByLabel('Code')).toBeFocused();
}

/** Signs somebody up, to the dashboard. */
export async function signUp(page: Page, person: Person): Promise<void> {
  await askForCode(page, person);
  await page.keyboard.type(await readCode(person.email));
  await page.waitForURL('**/dashboard');
}

export async function fillSignIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
