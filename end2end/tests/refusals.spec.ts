// What people read when something is in the way: pages without script, too old, too many, not theirs. Each is come by, none is made up.
import type { BrowserContext, Page } from '@playwright/test';
import { expect, signIn, test, watch } from '../support/fixtures.ts';
import { devices, look, lookAround, withoutScript, type Device } from '../support/look.ts';
import type { Latchkey } from '../support/server.ts';

const main = (page: Page) => page.getByRole('main');
const title = (page: Page) => page.getByRole('heading', { level: 1 });

test('what a visitor without script, without cookies, too late or too often reads, in both languages', async ({ browser, latchkey }) => {
  test.slow();
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--address', '10969 Berlin');
  const doors = ['Front door', 'Studio 3', 'Cellar', 'Boiler room'];
  for (const name of doors) await latchkey.cli('door', 'create', '--place', 'Lindenstraße 14', '--name', name, '--description', `Where it says ${name}`);
  const ids = Object.fromEntries((await latchkey.cli('door', 'list')).map(door => [door.name, door.id]));
  await latchkey.cli('door', 'simulate', ids['Studio 3'], 'refusing');
  await latchkey.cli('door', 'simulate', ids.Cellar, 'dead');
  await latchkey.cli('door', 'lockdown', ids['Boiler room'], '--reason', 'gas alarm');
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--host-name', 'Jonas Weber', '--host-contact', '+49 30 555 0117',
    ...doors.flatMap(door => ['--door', door]));
  const contexts: [Device | 'phone-deutsch', BrowserContext][] = [];
  for (const device of ['desktop', 'phone'] as const) contexts.push([device, await browser.newContext({ ...devices[device], locale: 'en-GB' })]);
  contexts.push(['phone-deutsch', await browser.newContext({ ...devices.phone, locale: 'de-DE' })]);
  const picture = (device: Device | 'phone-deutsch', page: Page, name: string) =>
    device === 'phone-deutsch' ? look(page, device, name) : lookAround(page, device, name);

  const results: [door: string, name: string, said: RegExp][] = [
    ['Front door', 'open', /Open now|Jetzt offen/], ['Studio 3', 'failed', /Did not open|Nicht geöffnet/],
    ['Cellar', 'no-answer', /No answer|Keine Antwort/], ['Boiler room', 'denied', /Locked for everyone|Für alle gesperrt/],
  ];
  for (const [device, context] of contexts) {
    const page = await context.newPage();
    await withoutScript(page);
    await page.goto(link.url);
    await picture(device, page, 'visit-no-script');
    for (const [door, name, said] of results) {
      await page.goto(`${latchkey.url}/visit/${link.id}/doors/${ids[door]}`);
      if (name === 'open') await picture(device, page, 'visit-confirm');
      await page.getByRole('button', { name: new RegExp(door) }).click();
      await expect(page.getByRole('status')).toContainText(said);
      await picture(device, page, `visit-result-${name}`);
    }
  }
  // The address is made anew while somebody still has the question of the old one before them.
  const old = await Promise.all(contexts.map(async ([, context]) => {
    const page = await context.newPage();
    await withoutScript(page);
    await page.goto(`${latchkey.url}/visit/${link.id}/doors/${ids['Front door']}`);
    return page;
  }));
  const [renewed] = await latchkey.cli('link', 'rotate', link.id);
  for (let guess = 0; guess < 31; guess += 1) await fetch(`${latchkey.url}/l/guess-number-${guess}`);
  for (const [index, [device, context]] of contexts.entries()) {
    const page = await context.newPage();
    const errors = watch(page);
    await page.goto(`${latchkey.url}/l/one-guess-too-many`);
    await expect(title(page)).toHaveText(/Too many tries|Zu viele Versuche/);
    await picture(device, page, 'visit-too-many');
    await page.goto(renewed.url);
    await old[index].getByRole('button', { name: /Front door/ }).click();
    await expect(title(old[index])).toHaveText(/This page is too old|Diese Seite ist zu alt/);
    await picture(device, old[index], 'visit-stale');
    await old[index].getByRole('link', { name: /All doors|Alle Türen/ }).click();
    await expect(title(old[index])).toHaveText(/come on in|Hallo|herein|willkommen/i);
    await context.clearCookies();
    await page.goto(`${latchkey.url}/visit/${link.id}`);
    await expect(title(page)).toHaveText(/keeps no cookies|keine Cookies/);
    await picture(device, page, 'visit-no-cookies');
    expect(errors.filter(error => !/status of 4/.test(error))).toEqual([]);
    await context.close();
  }
});

for (const device of ['desktop', 'phone'] as const) {
  const look = (page: Page, name: string) => lookAround(page, device, name);
  test.describe(device, () => {
    test.use({ ...devices[device], demo: true });
    test.slow();

    /** Another admin, in a browser of their own. */
    async function join(latchkey: Latchkey, context: BrowserContext, name: string, role: string) {
      const [{ url }] = await latchkey.cli('admin', 'invite', '--name', name, '--email', `${role}@northwind.example`, '--role', role, '--no-mail');
      const page = await context.newPage();
      await page.goto(url);
      await main(page).getByLabel(/^Password(?! again)/).fill('one');
      await main(page).getByLabel('Password again').fill('two');
      await main(page).getByRole('button', { name: 'Join' }).click();
      await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
      await look(page, 'invitation-wrong');
      await main(page).getByLabel(/^Password(?! again)/).fill('three herons over reeds');
      await main(page).getByLabel('Password again').fill('three herons over reeds');
      await main(page).getByRole('button', { name: 'Join' }).click();
      await expect(title(page)).toHaveText('Overview');
      return { page, url };
    }

    test('what an admin may not, or not any more', async ({ page, context, browser, latchkey, expected }) => {
      expected.push(/status of (403|404|409|410|422|429)/);
      const at = (path: string, on = page) => on.goto(`${latchkey.url}${path}`);
      await at('/no/such/page');
      await look(page, 'error-404-signed-out');
      await at('/setup/nothing');
      await look(page, 'setup-over');
      await signIn(page, latchkey);
      await at('/no/such/page');
      await look(page, 'error-404');
      const [[place], [door], [link]] = await Promise.all(['place', 'door', 'link'].map(what => latchkey.cli(what, 'list')));

      const other = await context.newPage();
      for (const on of [other, page]) await at(`/places/${place.id}/edit`, on);
      await main(other).getByLabel('Address').fill('Lindenstraße 14, the yard');
      await main(other).getByRole('button', { name: 'Save' }).click();
      await expect(other.getByRole('status').first()).toBeVisible();
      await look(other, 'place-changed');
      await main(page).getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert')).toContainText('Somebody changed this');
      await look(page, 'place-edit-too-late');

      // The form is of a session that has ended.
      const active = (await latchkey.cli('link', 'list')).find(({ state }) => state === 'active');
      await at(`/links/${active.id}`);
      await at('/sign-in', other);
      await other.context().clearCookies();
      await signIn(other, latchkey);
      await main(page).getByRole('button', { name: 'Pause' }).click();
      await expect(page.getByText('This page was open for too long')).toBeVisible();
      await look(page, 'error-403-too-old');

      const theirs = await browser.newContext({ ...devices[device], locale: 'en-GB' });
      const { page: observer, url } = await join(latchkey, theirs, 'Noor Aziz', 'observer');
      await at('/links/new', observer);
      await expect(title(observer)).toHaveText('Not allowed');
      await look(observer, 'error-403');
      for (const [name, path] of [['overview', '/'], ['link', `/links/${link.id}`], ['door', `/doors/${door.id}`], ['place', `/places/${place.id}`], ['links', '/links'], ['admins', '/admins']]) {
        await at(path!, observer);
        await look(observer, `observer-${name}`);
      }
      await observer.goto(url);
      await expect(title(observer)).toHaveText('This invitation was used');
      await look(observer, 'invitation-used');
      await theirs.close();

      await latchkey.cli('place', 'lockdown', place.id, '--reason', 'Gas alarm in the basement, the fire brigade is on its way', '--lift-role', 'owner');
      await at('/links/link_nothing');
      await look(page, 'error-404-locked-down');

      await page.context().clearCookies();
      await at('/sign-in');
      const csrf = await page.locator('[name=csrf]').inputValue();
      for (let tries = 0; tries < 10; tries += 1) {
        await page.request.post(`${latchkey.url}/sign-in`, { form: { csrf, email: 'priya@northwind.example', password: 'a guess' }, headers: { 'sec-fetch-site': 'same-origin' } });
      }
      await page.getByLabel('E-mail').fill('priya@northwind.example');
      await page.getByLabel('Password', { exact: true }).fill('one guess more');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toContainText('Too many tries');
      await look(page, 'sign-in-throttled');
    });
  });
}
