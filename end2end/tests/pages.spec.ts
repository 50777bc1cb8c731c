// Every page, in light and dark, on a desk and in a hand: no finding of axe, nothing wider than the screen, and a picture to look at.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { expect, signIn, test } from '../support/fixtures.ts';
import { Latchkey } from '../support/server.ts';

const devices = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  small: { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
} as const;

async function look(page: Page, folder: string, name: string) {
  await mkdir(`screenshots/${folder}`, { recursive: true });
  await page.screenshot({ path: `screenshots/${folder}/${name}.png`, fullPage: true, animations: 'disabled' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wide, `${folder}/${name} is wider than the screen`).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`));
  expect.soft(found, `${folder}/${name}`).toEqual([]);
}

for (const [device, options] of Object.entries(devices)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const folder = `${device}-${colorScheme}`;
    test.describe(folder, () => {
      test.use({ ...options, colorScheme, demo: true });
      test.slow();

      test('every page of the dashboard', async ({ page, latchkey, expected }) => {
        expected.push(/status of (404|422|403)/);
        const at = (path: string) => page.goto(`${latchkey.url}${path}`);
        await at('/sign-in');
        await look(page, folder, 'sign-in');
        await page.getByLabel('E-mail').fill('nobody@northwind.example');
        await page.getByLabel('Password', { exact: true }).fill('not the right one at all');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await expect(page.getByRole('alert')).toBeVisible();
        await look(page, folder, 'sign-in-wrong');
        await signIn(page, latchkey);

        const [links, doors, places, events] = await Promise.all(
          ['link', 'door', 'place', 'event'].map(what => latchkey.cli(what, 'list')),
        );
        const states = ['active', 'scheduled', 'paused', 'used_up', 'expired', 'revoked'];
        const active = links.find(link => link.state === 'active').id;
        const [event] = events.filter(event => event.outcome === 'denied');
        const pages: Record<string, string> = {
          overview: '/', places: '/places', 'place-new': '/places/new', place: `/places/${places[0].id}`,
          'place-edit': `/places/${places[0].id}/edit`, 'place-remove': `/places/${places[0].id}/remove`,
          doors: '/doors', 'door-new': '/doors/new', door: `/doors/${doors[0].id}`, 'door-edit': `/doors/${doors[0].id}/edit`,
          'door-remove': `/doors/${doors[0].id}/remove`, links: '/links', 'links-none': '/links?q=nobody+at+all',
          'link-new': '/links/new', 'link-edit': `/links/${active}/edit`, 'link-revoke': `/links/${active}/revoke`,
          'link-shown': `/links/${active}?show=1`, events: '/events', 'events-none': '/events?since=2031-01-01', 'events-unknown': '/events?q=xyzzy',
          'events-filtered': '/events?q=front&outcome=denied', 'events-live': '/events?live=1', 'link-erase': `/links/${active}/erase`,
          retention: '/settings/retention', event: `/events/${event.id}`,
          'event-done': `/events/${events.find(event => event.outcome === 'done').id}`,
          deliveries: '/deliveries', simulator: '/simulator', account: '/account', missing: '/links/link_nothing',
        };
        for (const state of states) {
          const found = links.find(link => link.state === state);
          if (found) pages[`link-${state}`] = `/links/${found.id}`;
        }
        const locked = doors.find(door => door.locked_down_at);
        if (locked) pages['door-locked-down'] = `/doors/${locked.id}`;
        for (const [name, path] of Object.entries(pages)) {
          await at(path);
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          if (['overview', 'simulator', 'link-shown', 'events-live'].includes(name)) await page.waitForTimeout(400);
          await look(page, folder, name);
        }
        await at('/links/new');
        await page.getByRole('main').getByLabel(/^Until/).fill('2020-01-01T10:00');
        await page.getByRole('main').getByLabel(/^Name/).fill('🗝'.repeat(3) + 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2));
        await page.getByRole('button', { name: 'Make link' }).click();
        await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
        await look(page, folder, 'link-new-wrong');
      });

      test('every page before the first link', async ({ page, database }) => {
        const latchkey = await Latchkey.start(database);
        try {
          await page.goto(latchkey.setupAddress());
          await look(page, folder, 'setup');
          await latchkey.setUp();
          await signIn(page, latchkey);
          for (const name of ['', 'links', 'doors', 'places', 'events', 'deliveries', 'simulator', 'links/new']) {
            await page.goto(`${latchkey.url}/${name}`);
            await look(page, folder, `empty-${name.replace('/', '-') || 'overview'}`);
          }
        } finally {
          await latchkey.end();
        }
      });
    });
  }
}
