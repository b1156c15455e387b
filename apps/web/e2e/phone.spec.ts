import { expect, row, test } from './fixtures.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test('the desk on a phone', async ({ desk }) => {
  const tabs = desk.getByRole('navigation', { name: 'Desk' });
  await expect(row(desk, 'DOGE/USDC')).toContainText('Spread');

  await row(desk, 'DOGE/USDC').tap();
  await expect(desk.getByRole('heading', { name: 'DOGE/USDC' })).toBeVisible();
  await expect(tabs.getByRole('button', { name: 'Chart' })).toHaveAttribute('aria-current', 'page');
  await expect(desk.getByRole('img', { name: /Candlestick chart of DOGE\/USDC/ })).toBeVisible();

  await tabs.getByRole('button', { name: 'Account' }).tap();
  await expect(desk.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await desk.getByRole('radio', { name: 'Blue and orange' }).tap();
  await expect(desk.locator('html')).toHaveAttribute('data-palette', 'blue-orange');

  await tabs.getByRole('button', { name: 'Markets' }).tap();
  await expect(row(desk, 'SOL/USDC')).toBeVisible();
  await expect(desk.getByText('Simulated prices')).toBeVisible();
});

test('no screen is wider than the phone, and targets are large', async ({ desk }) => {
  for (const path of ['/', '/sign-in', '/sign-up', '/verify', '/mailbox', '/dashboard']) {
    await desk.goto(path === '/sign-in' ? '/sign-in?stay' : path);
    await expect(desk.locator('h1')).toHaveCount(1);
    const overflow = await desk.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
    const small = await desk.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, [role=radio], input')]
        // The row's button covers its row.
        .filter((element) => element.checkVisibility() && element.closest('table, p') === null)
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect(small, path).toEqual([]);
  }
});
