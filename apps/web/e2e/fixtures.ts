import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { newPerson, type Person, signUp } from './people.ts';

export { expect };

interface Fixtures {
  /** A page of somebody who is signed in; the session is shared by the tests of a worker, so don't end it. */
  readonly desk: Page;
}

interface WorkerFixtures {
  readonly signedIn: { readonly person: Person; readonly state: Awaited<ReturnType<BrowserContext['storageState']>> };
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // Every page of every test: no error in the console, no uncaught one, no breach of the policy.
  context: async ({ context }, use) => {
    const faults: string[] = [];
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      if (provoked.get(context)?.some((pattern) => pattern.test(url) || pattern.test(message.text()))) return;
      faults.push(`${url}: ${message.text()}`);
    });
    context.on('weberror', (error) => faults.push(`uncaught: ${error.error().stack}`));
    await use(context);
    expect(faults).toEqual([]);
  },

  signedIn: [
    async ({ browser }, use, { project }) => {
      const context = await browser.newContext({ baseURL: project.use.baseURL ?? '' });
      const person = newPerson();
      await signUp(await context.newPage(), person);
      const state = await context.storageState();
      await context.close();
      await use({ person, state });
    },
    { scope: 'worker' },
  ],

  desk: async ({ context, signedIn }, use) => {
    await context.addCookies(signedIn.state.cookies);
    const page = await context.newPage();
    await page.goto('/dashboard');
    await expect(row(page, 'SOL/USDC')).toContainText(/[0-9]/);
    await use(page);
  },
});

const provoked = new WeakMap<BrowserContext, RegExp[]>();

/** What a test provokes in the console, by address or words; anything else there fails it. */
export function provoke(page: Page, ...patterns: RegExp[]): void {
  const context = page.context();
  provoked.set(context, [...(provoked.get(context) ?? []), ...patterns]);
}

/** A row of the watchlist. */
export function row(page: Page, symbol: string) {
  return page.getByRole('row', { name: symbol });
}
