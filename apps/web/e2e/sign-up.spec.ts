import { expect, provoke, test } from './fixtures.ts';
import { askForCode, newPerson, readCode } from './people.ts';

test('errors stand at their fields, and the first is focused', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription(/Enter an e-mail address/);
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/at least 12/);
  await page.getByLabel('Password', { exact: true }).fill('five green parrots sing');
  await expect(page.getByText('Long enough')).toBeVisible();
});

test('a wrong code costs a try; the right one still works', async ({ page }) => {
  provoke(page, /verify-otp/);
  const person = newPerson();
  await askForCode(page, person);
  const code = await readCode(person.email);
  await page.keyboard.type(code === '000000' ? '111111' : '000000');
  await expect(page.getByText(/Wrong or expired code\. [0-9] tries left\./)).toBeVisible();
  await expect(page.getByLabel('Code')).toBeFocused();
  await page.keyboard.type(code);
  await page.waitForURL('**/dashboard');
});

test('another code may be asked for once the countdown is over', async ({ page }) => {
  const person = newPerson();
  await page.clock.install();
  await askForCode(page, person);
  await expect(page.getByText(/New code in [0-9]:[0-9]{2}/)).toBeVisible();
  const first = await readCode(person.email);
  // The page counts; the server would too, but lets three a minute through.
  await page.clock.fastForward('02:00');
  await page.getByRole('button', { name: 'Send a new code' }).click();
  await expect(page.getByText('A new code is on its way.')).toBeVisible();
  await expect(page.getByText(/New code in/)).toBeVisible();
  await expect(async () => expect(await readCode(person.email)).not.toBe(first)).toPass();
  await page.getByLabel('Code').fill(await readCode(person.email));
  await page.waitForURL('**/dashboard');
});

test('the second step survives a reload, and the address can be changed', async ({ page }) => {
  const person = newPerson();
  await askForCode(page, person);
  await page.reload();
  await expect(page.getByText(person.email)).toBeVisible();
  await page.getByRole('button', { name: 'Change address' }).click();
  await page.waitForURL('**/sign-up');
  await page.goto('/verify');
  await expect(page.getByText('Which address did you sign up with?')).toBeVisible();
});

test('an address that has an account looks like any other', async ({ page, signedIn }) => {
  await askForCode(page, { ...signedIn.person, password: 'another good password' });
  await expect(page.getByText(signedIn.person.email)).toBeVisible();
});
