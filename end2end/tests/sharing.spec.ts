// A link's address on its way: WhatsApp, the phone's share sheet, the count-down to its beginning, and the advice to make a new one.
import type { BrowserContext } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import { look } from '../support/look.ts';
import type { Latchkey } from '../support/server.ts';

const SECOND = 1_000;

async function house(latchkey: Latchkey): Promise<string> {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--time-zone', 'Europe/Berlin');
  const [door] = await latchkey.cli('door', 'create', '--name', 'Front door', '--place', 'Lindenstraße 14');
  return door.id;
}

/** Stands in for WhatsApp, and keeps what it was asked. */
async function whatsApp(context: BrowserContext): Promise<URL[]> {
  const asked: URL[] = [];
  await context.route('https://wa.me/**', route => {
    asked.push(new URL(route.request().url()));
    return route.fulfill({ contentType: 'text/html', body: '<title>WhatsApp</title>' });
  });
  return asked;
}

test('WhatsApp opens with the visitor\'s number and the link in their language', async ({ page, latchkey }) => {
  await house(latchkey);
  const asked = await whatsApp(page.context());
  const [ada] = await latchkey.cli('link', 'create', '--name', 'Ada Keller & Söhne', '--phone', '+49 30 23125 017', '--language', 'de', '--door', 'Front door');
  const [bea] = await latchkey.cli('link', 'create', '--name', 'Bea', '--phone', '030 555 0117', '--door', 'Front door');
  await signIn(page, latchkey);
  for (const [link, number, words] of [
    [ada, '/493023125017', `Hallo Ada Keller & Söhne, hier ist Ihr Zugang zu Northwind Studios: ${ada.url}`],
    // Without its country nobody knows whose number it is: WhatsApp asks.
    [bea, '/', `Hello Bea, here is your access to Northwind Studios: ${bea.url}`],
  ]) {
    await page.goto(`${latchkey.url}/links/${link.id}`);
    await page.getByRole('button', { name: 'WhatsApp' }).click();
    await expect(page).toHaveURL(/^https:\/\/wa\.me\//);
    const to = asked.at(-1)!;
    expect([to.pathname, to.searchParams.get('text')]).toEqual([number, words]);
  }
  const shown = await latchkey.cli('event', 'list', '--action', 'link.shown');
  expect(shown.map(event => event.object).sort()).toEqual([ada.id, bea.id].sort());
});

test('a phone\'s share sheet gets the address, and without one it can be selected', async ({ page, latchkey, javaScriptEnabled }) => {
  await house(latchkey);
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Front door');
  await signIn(page, latchkey);
  const main = page.getByRole('main');
  const share = main.getByRole('button', { name: 'Share …' });
  await page.goto(`${latchkey.url}/links/${link.id}`);
  await page.getByRole('link', { name: 'Show and copy' }).click();
  await expect(main.getByLabel('Address', { exact: true })).toHaveValue(link.url);
  if (javaScriptEnabled !== false) {
    await expect(main.getByRole('button', { name: 'Copy link' })).toBeVisible();
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'share', {
        configurable: true,
        value: (data: object) => {
          (window as any).shared = data;
          return Promise.reject(new DOMException('closed', 'AbortError'));
        },
      });
    });
    await page.reload();
    await share.click();
    await expect.poll(() => page.evaluate(() => (window as any).shared)).toEqual({ url: link.url, title: 'Access link for Ada Keller' });
    // Hidden on what has no sheet.
    await page.addInitScript(() => Object.defineProperty(navigator, 'share', { configurable: true, value: undefined }));
    await page.reload();
    await expect(main.getByRole('button', { name: 'Copy link' })).toBeVisible();
  }
  await expect(share).toBeHidden();
  await main.getByRole('link', { name: 'Hide' }).click();
  await expect(main).not.toContainText(link.url);
});

test('a link that has not begun counts down, then opens its door', async ({ page, latchkey, javaScriptEnabled }) => {
  await house(latchkey);
  const begins = Math.ceil(Date.now() / SECOND + 12) * SECOND;
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Front door',
    '--valid-from', new Date(begins).toISOString(), '--valid-until', new Date(begins + 3_600 * SECOND).toISOString());
  expect(link.state).toBe('scheduled');
  await page.goto(link.url);
  const unlock = page.getByRole(javaScriptEnabled === false ? 'link' : 'button', { name: 'Unlock Front door' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A little early');
  await expect(unlock).toHaveCount(0);
  const clock = page.locator('.clock');
  if (javaScriptEnabled === false) {
    await expect(clock).toHaveText(/\d+ s|less than a minute|1 min/);
    await new Promise(done => setTimeout(done, begins + SECOND - Date.now()));
    await page.reload();
  } else {
    await expect(clock).toHaveText(/^00:00:\d\d$/);
    const seconds = async () => Number((await clock.innerText()).slice(-2));
    const first = await seconds();
    expect(Math.abs(first - (begins - Date.now()) / SECOND)).toBeLessThan(3);
    await expect.poll(seconds).toBeLessThan(first);
  }
  await expect(unlock).toBeVisible({ timeout: 20 * SECOND });
  expect(Date.now()).toBeGreaterThanOrEqual(begins);
});

test('an address that opened doors twenty times is advised to be replaced, and is, once', async ({ page, latchkey, browser, javaScriptEnabled }) => {
  const door = await house(latchkey);
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--email', 'ada@keller.example', '--door', 'Front door');
  await signIn(page, latchkey);
  const main = page.getByRole('main');
  const advice = main.getByText('Addresses get forwarded and photographed');
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled, locale: 'en-GB' });
  const visitor = await phone.newPage();
  await visitor.goto(link.url);
  const csrf = (await visitor.locator('main').getAttribute('data-csrf'))!;
  const open = async (time: number) => {
    const answer = await phone.request.post(`${latchkey.url}/visit/${link.id}/doors/${door}/unlock`, {
      headers: { accept: 'application/json', 'sec-fetch-site': 'same-origin' }, form: { csrf, request_id: `a-press-of-number-${time}` },
    });
    expect(await answer.json()).toMatchObject({ state: 'open' });
  };
  for (let time = 1; time < 20; time += 1) await open(time);
  await page.goto(`${latchkey.url}/links/${link.id}`);
  await expect(advice).toHaveCount(0);
  await open(20);
  await page.reload();
  await expect(main).toContainText('This address has opened doors 20 times or more.');
  await expect(advice).toBeVisible();
  if (javaScriptEnabled !== false) for (const [folder, size] of [['desktop-light', { width: 1280, height: 900 }], ['phone-dark', { width: 390, height: 844 }]] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: folder === 'phone-dark' ? 'dark' : 'light' });
    await look(page, folder, 'link-advice');
  }
  await page.setViewportSize({ width: 1280, height: 900 });

  // A second page of the same link, opened before: what it posts later replaces nothing more.
  const late = await page.context().newPage();
  await late.goto(`${latchkey.url}/links/${link.id}`);
  for (const one of [page, late]) {
    await one.getByRole('main').getByText('Rotate', { exact: true }).click();
    await expect(one.getByRole('main').getByText('The old address dies at once').first()).toBeVisible();
    // In a hurry: the second press would kill what the first one made.
    await one.getByRole('button', { name: 'Rotate it' }).dblclick();
    await expect(one.getByRole('status')).toContainText('has a new address. The old one opens nothing any more.');
    await expect(one.getByRole('main').getByText('Addresses get forwarded')).toHaveCount(0);
  }
  expect(await latchkey.cli('event', 'list', '--action', 'link.rotated')).toHaveLength(1);
  expect((await visitor.goto(link.url))!.status()).toBe(404);
  await phone.close();

  // Whoever makes another link for the same person reads what is better for regulars.
  await page.goto(`${latchkey.url}/links/new`);
  await main.getByLabel(/^Name/).fill('Ada Keller');
  await main.getByLabel(/^E-mail/).fill('ada@keller.example');
  await main.getByLabel(/^Front door/).check();
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(main).toContainText('rotate it now and then, and print its code as a badge');
});
