import { expect, row, test } from './fixtures.ts';
import { newPerson, readCode } from './people.ts';

test('everything without a mouse', async ({ page }) => {
  const person = newPerson();
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());

  await page.goto('/sign-up');
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.type(person.email);
  await press('Tab');
  await page.keyboard.type(person.password);
  await press('Enter');
  await page.waitForURL('**/verify');
  await expect(page.getByLabel('Code')).toBeFocused();
  await page.keyboard.type(await readCode(person.email));
  await page.waitForURL('**/dashboard');
  await expect(row(page, 'SOL/USDC')).toContainText('Solana');

  await test.step('markets', async () => {
    const current = page.getByRole('row').filter({ has: page.locator('[aria-current=true]') });
    await expect(current).toContainText('SOL/USDC');
    await press('j');
    await expect(current).toContainText('BTC/USDC');
    await press('ArrowDown');
    await expect(current).toContainText('ETH/USDC');
    await press('k', 'ArrowUp', 'ArrowUp');
    await expect(current).toContainText('SOL/USDC');
    // With the focus in the list, it goes along.
    await row(page, 'SOL/USDC').getByRole('button').focus();
    await press('j');
    await expect(row(page, 'BTC/USDC').getByRole('button')).toBeFocused();
  });

  await test.step('intervals', async () => {
    await press('6');
    await expect(page.getByRole('radio', { name: '1 hour' })).toBeChecked();
    await page.getByRole('radio', { name: '1 hour' }).focus();
    await press('ArrowRight');
    await expect(page.getByRole('radio', { name: '4 hours' })).toBeChecked();
    // The arrows were the radios', not the list's.
    await expect(page.getByRole('heading', { name: 'BTC/USDC' })).toBeVisible();
    await press('1');
    await expect(page.getByRole('radio', { name: '1 second' })).toBeChecked();
    await press('ArrowLeft', '+', '-');
  });

  await test.step('sheet and theme', async () => {
    await press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(sheet).toBeVisible();
    await press('j');
    await expect(page.getByRole('heading', { name: 'BTC/USDC', includeHidden: true })).toBeAttached();
    await press('Escape');
    await expect(sheet).toBeHidden();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await press('t');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  });

  await test.step('out', async () => {
    await page.getByRole('button', { name: /Account of/ }).focus();
    await press('Enter');
    await expect(page.getByRole('menuitemradio').first()).toBeFocused();
    await press('End');
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
    await press('Enter');
    await page.waitForURL('**/sign-in');
  });
});
