import { join } from 'node:path';
import { Cut } from './cut.ts';
import { expect, provoke, row, test } from './fixtures.ts';
import { newPerson, signUp } from './people.ts';
import { choosePorts } from './ports.ts';
import { type Started, startProcess } from './start-process.ts';

const ports = await choosePorts();

test.describe('the API goes away and comes back', () => {
  test.describe.configure({ mode: 'serial' });
  test.use({ baseURL: `http://localhost:${ports.cutWeb}` });
  const http = new Cut(ports.cutHttp, ports.http);
  const ws = new Cut(ports.cutWs, ports.ws);
  let web: Started;

  test.beforeAll(async () => {
    await Promise.all([http.open(), ws.open()]);
    web = await startProcess(
      join(import.meta.dirname, '../main.ts'),
      {
        WEB_PORT: String(ports.cutWeb),
        API_URL: `http://localhost:${ports.cutHttp}`,
        WS_URL: `ws://localhost:${ports.cutWs}`,
        PROFILE: 'standalone',
        NODE_ENV: 'production',
      },
      'web is ready',
    );
  });
  test.afterAll(async () => {
    await Promise.all([web.stop(), http.shut(), ws.shut()]);
  });

  test('under an open dashboard', async ({ page }) => {
    provoke(page, /./);
    await signUp(page, newPerson());
    await expect(page.getByRole('contentinfo')).toContainText('Connected');

    await Promise.all([http.shut(), ws.shut()]);
    await expect(page.getByText('Prices stand still')).toBeVisible();
    await expect(page.getByRole('contentinfo')).toContainText('Offline, reconnecting');
    await expect(row(page, 'SOL/USDC')).toContainText(/Offline[0-9]+ s/);
    await page.getByRole('radio', { name: '5 minutes', exact: true }).click();
    await expect(page.getByText('The chart could not be loaded')).toBeVisible();

    await Promise.all([http.open(), ws.open()]);
    // When the stream is first to be back the chart is asked for again by itself, and the button goes.
    const tryAgain = page.getByRole('button', { name: 'Try again' });
    await tryAgain.click({ timeout: 5_000 }).catch(() => expect(tryAgain).toBeHidden());
    await expect(page.getByText('The chart could not be loaded')).toBeHidden();
    // The wait between two tries may have grown to some seconds.
    await expect(page.getByRole('contentinfo')).toContainText('Connected', { timeout: 20_000 });
    await expect(page.getByText('Prices stand still')).toBeHidden();
    await expect(row(page, 'SOL/USDC')).not.toContainText('Offline');
  });

  test('before the page is opened', async ({ page }) => {
    provoke(page, /./);
    await signUp(page, newPerson());
    await Promise.all([http.shut(), ws.shut()]);
    await page.reload();
    await expect(page.getByText('Markets could not be loaded')).toBeVisible({ timeout: 20_000 });

    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill('whatever it was');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('The server cannot be reached.')).toBeVisible();

    await page.goto('/dashboard');
    await Promise.all([http.open(), ws.open()]);
    await expect(row(page, 'SOL/USDC')).toContainText(/[0-9]\.[0-9]/, { timeout: 20_000 });
    await expect(page.getByRole('button', { name: /Account of/ })).toBeVisible();
  });
});
