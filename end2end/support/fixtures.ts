// What every browser test begins with: a server of its own and a page that forgives no console error.
import { test as base, expect, type Page } from '@playwright/test';
import { EMAIL, Latchkey, PASSWORD, type Database } from './server.ts';

export interface Options {
  database: Database;
  /** Whether the server holds the example organization. */
  demo: boolean;
  /** Further settings of the server. */
  environment: Record<string, string>;
}

interface Fixtures {
  latchkey: Latchkey;
  /** Sentences on the console or failed requests that a test provokes on purpose. */
  expected: RegExp[];
}

export const test = base.extend<Options & Fixtures>({
  database: ['sqlite', { option: true }],
  expected: async ({}, use) => use([]),
  demo: [false, { option: true }],
  environment: [{}, { option: true }],
  latchkey: async ({ database, demo, environment }, use) => {
    const latchkey = await Latchkey.start(database, { demo, ...environment });
    await use(latchkey);
    await latchkey.end();
  },
  page: async ({ page, expected }, use) => {
    const errors = watch(page);
    await use(page);
    expect(errors.filter(error => !expected.some(pattern => pattern.test(error)))).toEqual([]);
  },
});

export function watch(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  page.on('pageerror', error => errors.push(String(error)));
  return errors;
}

export async function signIn(page: Page, latchkey: Latchkey) {
  await page.goto(`${latchkey.url}/sign-in`);
  await page.getByLabel('E-mail').fill(latchkey.demo?.email ?? EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(latchkey.demo?.password ?? PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
}

export { expect };
