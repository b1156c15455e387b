import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, provoke, row, test } from './fixtures.ts';
import { askForCode, newPerson } from './people.ts';

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join('\n  ')}`);
  expect(found).toEqual([]);
}

for (const colorScheme of ['dark', 'light'] as const) {
  for (const [device, viewport] of [
    ['desk', { width: 1440, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    test.describe(`axe finds nothing: ${colorScheme}, ${device}`, () => {
      test.use({ colorScheme, viewport });

      test('pages of strangers', async ({ page }) => {
        provoke(page, /nothing-here/);
        await page.goto('/');
        await expect(page.getByText('SOL/USDC')).toBeVisible();
        await expectNoViolations(page);
        await page.goto('/sign-in');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await expect(page.getByText('Enter your password.')).toBeVisible();
        await expectNoViolations(page);
        await page.goto('/nothing-here');
        await expectNoViolations(page);
        await page.goto('/verify');
        await expect(page.getByText('Which address')).toBeVisible();
        await expectNoViolations(page);
      });

      test('sign-up, code and mailbox', async ({ page }) => {
        await page.goto('/sign-up');
        await page.getByRole('button', { name: 'Create account' }).click();
        await expectNoViolations(page);
        const person = newPerson();
        await askForCode(page, person);
        await page.getByRole('button', { name: 'Continue' }).click();
        await expect(page.getByText('Enter all six digits.')).toBeVisible();
        await expectNoViolations(page);
        await page.goto('/mailbox');
        await page.getByRole('listitem').filter({ hasText: person.email }).getByRole('button').click();
        await expectNoViolations(page);
      });

      test('dashboard', async ({ desk }) => {
        await expectNoViolations(desk);
        if (device === 'phone') {
          for (const tab of ['Chart', 'Account']) {
            await desk.getByRole('navigation', { name: 'Desk' }).getByRole('button', { name: tab }).click();
            await expectNoViolations(desk);
          }
        } else {
          await expect(row(desk, 'SOL/USDC')).toBeVisible();
          await desk.getByRole('button', { name: /Account of/ }).click();
          await expect(desk.getByRole('menu')).toBeVisible();
          await expectNoViolations(desk);
          await desk.keyboard.press('Escape');
          await desk.keyboard.press('?');
          await expect(desk.getByRole('dialog')).toBeVisible();
          await expectNoViolations(desk);
        }
      });
    });
  }
}
