// A terminal from the form to the device and to its end: added, paired by its code, seen on line, opening a door, revoked.
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import type { Latchkey } from '../support/server.ts';

/** A device, as any maker's would ask. */
class Device {
  private constructor(private readonly url: string, readonly id: string, private readonly token: string) {}

  static async pair(latchkey: Latchkey, code: string): Promise<Device> {
    const answer = await fetch(`${latchkey.url}/api/terminal/v1/pair`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code, software: 'Tablet 1.0' }),
    });
    expect(answer.status).toBe(200);
    const { terminal, token } = await answer.json();
    return new Device(latchkey.url, terminal, token);
  }

  async post(path: string, body: object): Promise<Response> {
    return fetch(`${this.url}/api/terminal/v1/${path}`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` }, body: JSON.stringify(body),
    });
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.url}/api/terminal/v1/${path}`, { headers: { authorization: `Bearer ${this.token}` } });
  }

  async heartbeat(offset = 0, list = 0): Promise<Response> {
    return this.post('heartbeat', { software: 'Tablet 1.0', wall: Date.now() - offset, offset, list, waiting: 2 });
  }

  /** Opens whatever it is told to, until it is told to stop. */
  async work(stop: AbortSignal): Promise<string[]> {
    const opened: string[] = [];
    while (!stop.aborted) {
      const { commands } = await (await this.post('claim', {})).json();
      for (const { event } of commands) {
        opened.push(event);
        await this.post('result', { event, opened: true, note: '' });
      }
      await new Promise(done => setTimeout(done, 50));
    }
    return opened;
  }
}

async function press(visitor: Page, url: string, script: boolean | undefined, says: string) {
  await visitor.goto(url);
  if (script === false) await visitor.getByRole('link', { name: 'Unlock Gate' }).click();
  await visitor.getByRole('button', { name: 'Unlock Gate' }).click();
  await expect(visitor.getByRole('status').filter({ hasText: says })).toBeVisible();
}

test('a terminal is added, paired, seen on line, opens its door, and is revoked', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of (422|401)/);
  const main = page.getByRole('main');
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Yard', '--time-zone', 'Europe/Berlin');
  const [door] = await latchkey.cli('door', 'create', '--name', 'Gate', '--place', 'Yard');
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Gate');
  await signIn(page, latchkey);

  await page.goto(`${latchkey.url}/terminals`);
  await main.getByRole('link', { name: 'Add the first terminal' }).click();
  await main.getByLabel('Name').fill(' ');
  await main.getByRole('button', { name: 'Add terminal' }).click();
  await expect(main.locator('#name-error')).toBeVisible();
  await main.getByLabel('Name').fill('Tablet at the gate');
  await main.getByLabel('Stands at').selectOption('Gate, Yard');
  await main.getByRole('button', { name: 'Add terminal' }).click();
  const shown = main.getByLabel(/^Pairing code/);
  await expect(shown).toHaveText(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  await expect(main).toContainText(`${latchkey.url}/terminal`);
  await expect(main.getByText('Waits for its code', { exact: true })).toBeVisible();

  const device = await Device.pair(latchkey, (await shown.innerText()).toLowerCase());
  expect((await device.heartbeat(-300_000)).status).toBe(200);
  // With script the page tells by itself, without it a look does.
  if (javaScriptEnabled !== false) await expect(main.getByText('On line', { exact: true })).toBeVisible();
  await main.getByRole('link', { name: 'It is connected' }).click();
  await expect(main.getByText('On line', { exact: true })).toBeVisible();
  await expect(main).toContainText('Its clock is 5 min fast');
  await expect(main).toContainText('2 entries not here yet');
  await expect(main).toContainText('Tablet 1.0');

  await page.goto(`${latchkey.url}/doors/${door.id}/edit`);
  await main.getByLabel('Driver').selectOption('terminal');
  await main.getByLabel('Terminal', { exact: true }).selectOption('Tablet at the gate');
  await main.getByLabel(/^A terminal's list is good for/).fill('12');
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Saved');
  await expect(main).toContainText('Its relay opens this door');
  await expect(main).toContainText('Without a network they open for 12 hours');

  const visitor = await (await browser.newContext({ javaScriptEnabled, locale: 'en-GB' })).newPage();
  const stop = new AbortController();
  const working = device.work(stop.signal);
  await press(visitor, link.url, javaScriptEnabled, 'Open now');
  stop.abort();
  const [granted] = await latchkey.cli('event', 'list', '--action', 'door.unlock');
  expect(await working).toEqual([granted.id]);

  await page.goto(`${latchkey.url}/doors/${door.id}/still-in`);
  await expect(main.getByRole('link', { name: 'Ada Keller' })).toBeVisible();
  await main.getByLabel('When').fill('2020-01-01T10:00');
  await main.getByRole('button', { name: 'Ask' }).click();
  await expect(main.locator('#at-error')).toContainText('passed');

  await page.goto(`${latchkey.url}/terminals`);
  await main.getByRole('link', { name: 'Tablet at the gate' }).click();
  await main.getByRole('link', { name: 'Revoke' }).click();
  await expect(main).toContainText('access links cannot open Gate');
  await main.getByRole('button', { name: 'Revoke terminal' }).click();
  await expect(page.getByRole('status')).toContainText('Tablet at the gate is revoked.');
  await expect(main.getByText('Revoked', { exact: true }).first()).toBeVisible();
  const told = await device.heartbeat();
  expect([told.status, (await told.json()).code]).toEqual([401, 'revoked']);
  await press(visitor, link.url, javaScriptEnabled, 'Door off line');
  const actions = (await latchkey.cli('event', 'list')).map(event => event.action).filter(action => action.startsWith('terminal.'));
  expect(actions.sort()).toEqual(['terminal.added', 'terminal.paired', 'terminal.revoked']);
  expect((await latchkey.cli('audit', 'verify'))[0]).toMatchObject({ state: 'intact' });
});

test('a script adds a terminal and hands its code on', async ({ latchkey }) => {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Yard', '--time-zone', 'Europe/Berlin');
  await latchkey.cli('door', 'create', '--name', 'Gate', '--place', 'Yard');
  const [made] = await latchkey.cli('terminal', 'create', '--name', 'Reader', '--door', 'Gate');
  expect(made).toMatchObject({ name: 'Reader', state: 'unpaired' });
  const device = await Device.pair(latchkey, made.pairing_code);
  expect(device.id).toBe(made.id);
  const [opened] = await latchkey.cli('door', 'set-driver', 'Gate', 'terminal');
  expect(opened).toMatchObject({ driver: 'terminal', list_max_age_ms: 129_600_000 });
  await device.heartbeat();
  expect(await latchkey.cli('terminal', 'list')).toMatchObject([{ id: made.id, state: 'on_line', waiting: 2 }]);
  const [gone] = await latchkey.cli('terminal', 'revoke', 'Reader');
  expect(gone.state).toBe('revoked');
  expect((await device.get('list')).status).toBe(401);
});
