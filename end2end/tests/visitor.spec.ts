// A visitor on a phone: what they see in each state, and that only their own finger opens a door.
import type { BrowserContext, Page } from '@playwright/test';
import { expect, test, watch } from '../support/fixtures.ts';
import { devices, look, lookAround, type Device } from '../support/look.ts';
import type { Latchkey } from '../support/server.ts';

async function house(latchkey: Latchkey, ...doors: string[][]) {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--address', '10969 Berlin');
  for (const door of [['Front door', '--description', 'On the street, left of the shop'], ['Studio 3'], ...doors]) {
    await latchkey.cli('door', 'create', '--place', 'Lindenstraße 14', '--name', ...door);
  }
}

async function link(latchkey: Latchkey, ...more: string[]): Promise<{ id: string; url: string }> {
  const [made] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--host-name', 'Jonas Weber',
    '--host-contact', '+49 30 555 0117', '--door', 'Front door', '--door', 'Studio 3', ...more);
  return made;
}

const granted = (latchkey: Latchkey) => latchkey.cli('event', 'list', '--action', 'door.unlock', '--outcome', 'granted');

test('a press opens the door, its card says so, and the log has it once', async ({ page, latchkey }) => {
  await house(latchkey);
  const { url } = await link(latchkey);
  await page.goto(url);
  await page.getByRole('button', { name: 'Unlock Front door' }).dblclick();
  const card = page.getByRole('listitem').filter({ hasText: 'Front door' });
  await expect(card.getByRole('status')).toContainText('Open now');
  await expect(card.locator('b')).toContainText(/\d s/);
  expect(await granted(latchkey)).toHaveLength(1);
  await page.reload();
  await expect(card.getByRole('status')).toContainText('Open now');
  await expect(card.getByRole('button', { name: 'Unlock Front door' })).toBeVisible({ timeout: 8_000 });
});

test('the keyboard is enough', async ({ page, latchkey }) => {
  await house(latchkey);
  await page.goto((await link(latchkey)).url);
  for (let press = 0; press < 10; press += 1) {
    await page.keyboard.press('Tab');
    if (await page.getByRole('button', { name: 'Unlock Front door' }).evaluate(button => button === document.activeElement)) break;
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
});

test('a script that submits every form and clicks everything opens nothing', async ({ page, latchkey }) => {
  await house(latchkey);
  const { url, id } = await link(latchkey);
  await page.goto(url);
  const pages = [`/visit/${id}`, ...(await page.locator('noscript').allTextContents())
    .flatMap(html => [...html.matchAll(/href="([^"]+)"/g)].map(match => match[1]))];
  expect(pages.length).toBeGreaterThan(2);
  for (const path of pages) {
    await page.goto(`${latchkey.url}${path}`);
    await page.evaluate(async () => {
      for (const form of document.forms) form.submit();
      for (const element of document.querySelectorAll<HTMLElement>('button, [role=button], summary, li, main')) {
        element.click();
        for (const type of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'click']) {
          element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
        }
        element.focus();
        element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      }
      await new Promise(done => setTimeout(done, 300));
    });
  }
  expect(await latchkey.cli('event', 'list', '--action', 'door.unlock')).toEqual([]);
});

test('two links live side by side in one browser', async ({ context, latchkey }) => {
  await house(latchkey);
  const links = [await link(latchkey), await link(latchkey)];
  const pages: Page[] = [];
  for (const { url } of links) {
    const page = await context.newPage();
    await page.goto(url);
    pages.push(page);
  }
  for (const page of pages) {
    await page.getByRole('button', { name: 'Unlock Studio 3' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  }
  const events = await granted(latchkey);
  expect(new Set(events.map(event => event.credential))).toEqual(new Set(links.map(link => link.id)));
});

test('a chat app that looks ahead opens nothing, and the visitor after it does', async ({ browser, page, latchkey }) => {
  await house(latchkey);
  const { url } = await link(latchkey, '--max-uses', '1');
  for (const method of ['GET', 'HEAD']) await fetch(url, { method, headers: { 'user-agent': 'WhatsApp/2.24' } });
  const preview = await browser.newContext({ userAgent: 'facebookexternalhit/1.1' });
  await (await preview.newPage()).goto(url);
  await preview.close();
  expect(await granted(latchkey)).toEqual([]);
  await page.goto(url);
  await page.getByRole('button', { name: 'Unlock Front door' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
});

test('a first visit weighs at most 14 KiB, all of it from here and none of it wasm', async ({ page, latchkey }) => {
  await house(latchkey, ['Gate'], ['Yard'], ['Workshop']);
  const { url } = await link(latchkey, '--door', 'Gate', '--door', 'Yard', '--door', 'Workshop');
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  const asked: string[] = [];
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  page.on('request', request => asked.push(request.url()));
  await page.goto(url);
  await page.waitForLoadState('networkidle');
  // Chromium fetches the icon without telling the page.
  const icon = await page.locator('link[rel=icon]').getAttribute('href');
  bytes += (await (await fetch(`${latchkey.url}${icon}`)).arrayBuffer()).byteLength;
  console.log(`a first visit: ${bytes} bytes in ${asked.length} requests`);
  expect(bytes).toBeLessThanOrEqual(14 * 1024);
  expect(asked.filter(address => !address.startsWith(latchkey.url) || address.endsWith('.wasm'))).toEqual([]);
});

test('a lost answer is asked again as the same press', async ({ page, latchkey, expected }) => {
  expected.push(/Failed to load resource|ERR_FAILED/);
  await house(latchkey);
  await page.goto((await link(latchkey, '--max-uses', '1')).url);
  // The door hears the press; the phone loses the answer.
  await page.route('**/unlock', async route => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  const button = page.getByRole('button', { name: 'Unlock Front door' });
  await button.click();
  await expect(page.getByRole('status').filter({ hasText: 'No clear answer' })).toBeVisible();
  await button.click();
  await expect(page.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  expect(await granted(latchkey)).toHaveLength(1);
});

test('a lost answer, a busy server, and then an answer are one press', async ({ page, latchkey, expected }) => {
  expected.push(/Failed to load resource|ERR_FAILED/);
  await house(latchkey);
  await page.goto((await link(latchkey, '--max-uses', '2')).url);
  const ids: (string | null)[] = [];
  const busy = { state: 'denied', title: 'One moment', text: 'Nothing was opened. Try again in a moment.', open_ms: 0, uses_left: null, retry: true };
  await page.route('**/unlock', async route => {
    ids.push(new URLSearchParams(route.request().postData() ?? '').get('request_id'));
    if (ids.length === 1) {
      await route.fetch();
      await route.abort();
    } else if (ids.length === 2) await route.fulfill({ status: 503, json: busy });
    else await route.continue();
  });
  const button = page.getByRole('button', { name: 'Unlock Front door' });
  const status = page.getByRole('listitem').filter({ hasText: 'Front door' }).getByRole('status');
  await button.click();
  await expect(status).toContainText('No clear answer');
  await button.click();
  await expect(status).not.toContainText('Opening');
  expect(ids).toHaveLength(2);
  await expect(status).toContainText('No clear answer');
  await expect(status).not.toContainText('Nothing was opened');
  await button.click();
  await expect(status).toContainText('Open now');
  expect(ids[0]).toMatch(/^[0-9-]{16,64}$/);
  expect(new Set(ids).size).toBe(1);
  expect(await granted(latchkey)).toHaveLength(1);
});

test('every state has its page, in both languages', async ({ browser, latchkey }) => {
  test.setTimeout(240_000);
  await house(latchkey, ['Server room', '--no-digital'], ['Parking gate'], ['Boiler room'], ['Loft']);
  const all = ['Server room', 'Parking gate', 'Boiler room'].flatMap(door => ['--door', door]);
  const doors = Object.fromEntries((await latchkey.cli('door', 'list')).map(door => [door.name, door.id]));
  await latchkey.cli('door', 'simulate', doors['Parking gate'], 'offline');
  await latchkey.cli('door', 'simulate', doors['Studio 3'], 'refusing');
  await latchkey.cli('door', 'lockdown', doors['Boiler room'], '--reason', 'gas alarm');
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const states: Record<string, { id: string; url: string }> = {
    doors: await link(latchkey, ...all),
    'too-early': await link(latchkey, '--valid-from', day(1), '--valid-until', day(2)),
    paused: await link(latchkey), revoked: await link(latchkey), 'used-up': await link(latchkey, '--max-uses', '1'),
    expired: await link(latchkey, '--valid-until', new Date(Date.now() + 4_000).toISOString()),
    lockdown: (await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Loft'))[0],
    gone: { id: '', url: `${latchkey.url}/l/nothing-that-was-ever-made-here` },
  };
  await latchkey.cli('link', 'pause', states.paused.id);
  await latchkey.cli('door', 'lockdown', doors.Loft, '--reason', 'gas alarm');
  const user = await (await browser.newContext()).newPage();
  await user.goto(states['used-up'].url);
  await user.getByRole('button', { name: 'Unlock Front door' }).click();
  await expect(user.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();

  const words: Record<string, [RegExp, RegExp]> = {
    doors: [/come on in/, /Guten Tag|Hallo|herein|willkommen/i], 'too-early': [/A little early/, /früh/], paused: [/This link is paused/, /ruht|pausiert/],
    revoked: [/This link was withdrawn/, /zurückgezogen/], 'used-up': [/All openings are used/, /Öffnungen/], expired: [/This link has ended/, /abgelaufen|endete|zu Ende/],
    lockdown: [/locked for everyone/, /gesperrt/], gone: [/This link leads nowhere/, /führt/],
  };
  const contexts: [Device | 'phone-deutsch', BrowserContext][] = [];
  for (const device of ['desktop', 'phone'] as const) contexts.push([device, await browser.newContext({ ...devices[device], locale: 'en-GB' })]);
  contexts.push(['phone-deutsch', await browser.newContext({ ...devices.phone, locale: 'de-DE' })]);
  // A revoked link tells those who had it open before; whoever comes later finds nothing of it but the same page.
  for (const [, context] of contexts) await (await context.newPage()).goto(states.revoked.url);
  await latchkey.cli('link', 'revoke', states.revoked.id);
  await new Promise(done => setTimeout(done, 1_500));
  for (const [device, context] of contexts) {
    const [page] = context.pages();
    const errors = watch(page);
    const german = device === 'phone-deutsch' ? 1 : 0;
    const picture = (name: string) => device === 'phone-deutsch' ? look(page, device, name) : lookAround(page, device, name);
    for (const [state, { url }] of Object.entries(states)) {
      await page.goto(url);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(words[state][german]);
      await picture(`visit-${state}`);
    }
    await page.goto(states.doors.url);
    await page.getByRole('button', { name: /Studio 3/ }).click();
    await expect(page.getByRole('status').filter({ hasText: /Did not open|Nicht geöffnet|nicht auf/i })).toBeVisible();
    await page.getByRole('button', { name: /Front door/ }).click();
    await expect(page.getByRole('status').filter({ hasText: /Open now|offen/i })).toBeVisible();
    await picture('visit-open');
    expect(errors.filter(error => !/status of 404/.test(error))).toEqual([]);
  }
});
