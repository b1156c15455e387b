import { expect, row, test } from './fixtures.ts';
import { askForCode, fillSignIn, newPerson } from './people.ts';

test('from a stranger to live prices, out and in again', async ({ page, context }) => {
  const person = newPerson();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);

  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('Simulated prices', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page).toHaveTitle('Sign up · CFD-Broker');
  await askForCode(page, person);

  await test.step('the code from the mailbox', async () => {
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: /Open the mailbox/ }).click();
    const mailbox = await opened;
    await mailbox.getByRole('listitem').filter({ hasText: person.email }).getByRole('button').click();
    await mailbox.getByRole('button', { name: 'Copy code' }).click();
    await expect(mailbox.getByRole('button', { name: 'Copied' })).toBeVisible();
    await mailbox.close();
    await page.bringToFront();
    await page.getByLabel('Code').focus();
    await page.keyboard.press('Control+V');
    await page.waitForURL('**/dashboard');
    await expect(page).toHaveTitle('Dashboard · CFD-Broker');
  });

  await test.step('prices move', async () => {
    const sol = row(page, 'SOL/USDC');
    await expect(sol).toContainText('Solana');
    const before = await sol.textContent();
    await expect(async () => expect(await sol.textContent()).not.toBe(before)).toPass();
    await expect(page.getByRole('contentinfo')).toContainText('Connected');
    await expect(page.getByRole('contentinfo')).toContainText(/[0-9]+ ms/);
    await expect(page.getByRole('contentinfo')).toContainText('Simulated prices');
  });

  await test.step('the chart has candles', async () => {
    await row(page, 'ETH/USDC').click();
    await expect(page.getByRole('heading', { name: 'ETH/USDC' })).toBeVisible();
    await page.getByRole('radio', { name: '1 second' }).click();
    await expect(page.getByText(/ETH\/USDC: [0-9]+ candles of 1s/)).toBeAttached();
    const close = page.getByTitle('Close').locator('..');
    const before = await close.textContent();
    await expect(async () => expect(await close.textContent()).not.toBe(before)).toPass();
    await page.getByRole('radio', { name: '1 minute' }).click();
    await expect(page.getByRole('img', { name: 'Candlestick chart of ETH/USDC, 1m' })).toBeVisible();
  });

  await test.step('the theme', async () => {
    await page.getByRole('button', { name: /Account of/ }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await expect(page.getByRole('heading', { name: 'ETH/USDC' })).toBeVisible();
  });

  await test.step('out and in again', async () => {
    await page.getByRole('button', { name: /Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto('/dashboard');
    await page.waitForURL('**/sign-in');
    await fillSignIn(page, person);
    await page.waitForURL('**/dashboard');
    await expect(page.getByRole('button', { name: `Account of ${person.email}` })).toBeVisible();
  });
});

test('a signed-in visitor is led to the dashboard', async ({ desk }) => {
  await desk.goto('/');
  await expect(desk.getByRole('link', { name: 'Open dashboard' }).first()).toBeVisible();
  await desk.goto('/sign-in');
  await desk.waitForURL('**/dashboard');
});
