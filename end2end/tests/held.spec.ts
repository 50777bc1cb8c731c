// What was typed is not lost when the session ended meanwhile.
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import { devices, lookAround } from '../support/look.ts';

test('a form that came too late is held, and sent again', async ({ page, context, latchkey, expected }) => {
  expected.push(/status of 403/);
  const main = page.getByRole('main');
  const look = async (page: Page, name: string) => {
    await lookAround(page, 'desktop', name);
    await lookAround(page, 'phone', name);
    await page.setViewportSize(devices.desktop.viewport);
  };
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--time-zone', 'Europe/Berlin');
  await latchkey.cli('door', 'create', '--name', 'Front door', '--place', 'Lindenstraße 14');
  await signIn(page, latchkey);

  await page.goto(`${latchkey.url}/links/new`);
  await main.getByLabel(/^Name/).fill('Ada "the first" Keller');
  await main.getByLabel(/^E-mail/).fill('ada@keller.example');
  await main.getByRole('checkbox', { name: 'Front door', exact: true }).check();
  await context.clearCookies();
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
  await look(page, 'held-signed-out');

  const [other] = await Promise.all([context.waitForEvent('page'), main.getByRole('link', { name: 'Sign in in another tab' }).click()]);
  await signIn(other, latchkey);
  await other.close();
  await main.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send it again?');
  await expect(page.getByRole('link', { name: 'Overview' }).first()).toBeVisible();
  await look(page, 'held-old-page');
  await main.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada "the first" Keller');
  const links = await latchkey.cli('link', 'list');
  expect(links.map(link => [link.name, link.email])).toEqual([['Ada "the first" Keller', 'ada@keller.example']]);
});
