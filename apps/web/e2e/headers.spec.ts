import { join } from 'node:path';
import { expect, provoke, test } from './fixtures.ts';
import { choosePorts } from './ports.ts';
import { startProcess } from './start-process.ts';

const ports = await choosePorts();

test('pages carry the headers that browsers protect them by', async ({ request }) => {
  const [one, two] = await Promise.all([request.get('/'), request.get('/')]);
  const headers = one.headers();
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain(`connect-src 'self' http://localhost:${ports.http} ws://localhost:${ports.ws}`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toBe(two.headers()['content-security-policy']);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('strict-origin-when-cross-origin');
  expect(headers['permissions-policy']).toContain('camera=()');
  expect(headers['x-powered-by']).toBeUndefined();
  expect(headers['strict-transport-security']).toBeUndefined();
  const behindTls = await request.get('/', { headers: { 'x-forwarded-proto': 'https' } });
  expect(behindTls.headers()['strict-transport-security']).toContain('max-age=');
});

test('the policy follows the name by which the page was opened', async ({ page }) => {
  await page.goto(`http://127.0.0.1:${ports.web}/sign-in`);
  const settings = JSON.parse((await page.locator('meta[name=settings]').getAttribute('content')) ?? '{}');
  expect(settings.apiUrl).toBe(`http://127.0.0.1:${ports.http}`);
});

test('a header that skips middleware skips nothing here', async ({ request }) => {
  const response = await request.get('/dashboard', {
    headers: { 'x-middleware-subrequest': 'src/proxy:src/proxy:src/proxy:src/proxy:src/proxy' },
    maxRedirects: 0,
  });
  expect(response.status()).toBe(307);
  expect(response.headers()['content-security-policy']).toBeDefined();
});

test('an unknown address is a 404', async ({ page }) => {
  provoke(page, /nothing-here/);
  const response = await page.goto('/nothing-here');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});

test('no mailbox where mails are sent', async ({ browser }) => {
  const web = await startProcess(
    join(import.meta.dirname, '../main.ts'),
    { WEB_PORT: String(ports.distributedWeb), PROFILE: 'distributed', NODE_ENV: 'production' },
    'web is ready',
  );
  const context = await browser.newContext({ baseURL: `http://localhost:${ports.distributedWeb}` });
  try {
    const page = await context.newPage();
    expect((await page.goto('/mailbox'))?.status()).toBe(404);
    await page.evaluate(() => {
      const later = Date.now() + 60_000;
      const pending = { email: 'ada@example.com', expiresAtMs: later, resendAtMs: later };
      sessionStorage.setItem('pending-sign-up', JSON.stringify(pending));
    });
    await page.goto('/verify');
    await expect(page.getByLabel('Code')).toBeVisible();
    await expect(page.getByText('Open the mailbox')).toHaveCount(0);
  } finally {
    await context.close();
    await web.stop();
  }
});
