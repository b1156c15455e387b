import { expect, provoke, test } from './fixtures.ts';
import { fillSignIn, newPerson, signUp } from './people.ts';

test('a wrong password and an unknown address get the same answer', async ({ page, signedIn }) => {
  provoke(page, /signin/);
  const sentence = page.getByText('Address or password is not right.');
  await page.goto('/sign-in');
  await fillSignIn(page, { ...signedIn.person, password: 'not the password at all' });
  await expect(sentence).toBeVisible();
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.reload();
  await fillSignIn(page, newPerson());
  await expect(sentence).toBeVisible();
});

test('without a session the dashboard leads to sign-in', async ({ page }) => {
  await page.goto('/dashboard');
  await page.waitForURL('**/sign-in');
});

test('a session that is over leads to sign-in and says so', async ({ desk, context }) => {
  provoke(desk, /\/me$/, /\/refresh$/);
  await context.clearCookies({ name: /access|refresh/ });
  await desk.reload();
  await desk.waitForURL('**/sign-in?ended');
  await expect(desk.getByText('Your session has ended.')).toBeVisible();
});

test('an access token that ran out is renewed unseen', async ({ page, context }) => {
  provoke(page, /\/me$/);
  const person = newPerson();
  await signUp(page, person);
  await context.clearCookies({ name: 'access' });
  await page.reload();
  await expect(page.getByRole('button', { name: `Account of ${person.email}` })).toBeVisible();
  await expect(page).toHaveURL(/dashboard/);
});

test('signing out in one tab signs out the other', async ({ page, context }) => {
  // The other tab may hear of it from the server first, and ask.
  provoke(page, /\/me$/, /\/refresh$/);
  await signUp(page, newPerson());
  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(other.getByRole('button', { name: /Account of/ })).toBeVisible();
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await other.waitForURL(/\/sign-in/);
});
