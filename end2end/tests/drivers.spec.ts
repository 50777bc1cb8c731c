// Real doors: a relay asked over HTTP and a lock behind a broker, set up in the form, tested, opened by a visitor, lost and found.
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import { Broker, Lock, Relay } from '../support/relay.ts';
import { freePort, type Latchkey } from '../support/server.ts';

test.use({ environment: { LATCHKEY_ALLOWED_TARGETS: '127.0.0.0/8' } });

async function house(page: Page, latchkey: Latchkey): Promise<{ door: string; link: { id: string; url: string } }> {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Yard', '--time-zone', 'Europe/Berlin');
  const [door] = await latchkey.cli('door', 'create', '--name', 'Gate', '--place', 'Yard');
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Gate');
  await signIn(page, latchkey);
  return { door: `${latchkey.url}/doors/${door.id}`, link };
}

/** Presses as the browser allows: at once with script, on the page that asks without. */
async function press(visitor: Page, url: string, script: boolean | undefined, says: string) {
  await visitor.goto(url);
  if (script === false) {
    await visitor.getByRole('link', { name: 'Unlock Gate' }).click();
    await visitor.getByRole('button', { name: 'Unlock Gate' }).click();
  } else {
    await visitor.getByRole('button', { name: 'Unlock Gate' }).click();
  }
  await expect(visitor.getByRole('status').filter({ hasText: says })).toBeVisible();
}

test('a relay is set up, tested, opened, lost and found again', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of 422/);
  const relay = await Relay.open();
  const { door, link } = await house(page, latchkey);
  const main = page.getByRole('main');
  await page.goto(`${door}/edit`);
  await expect(main.getByLabel(/^Address/)).toBeHidden();
  await main.getByLabel('Driver').selectOption('http');
  await main.getByLabel(/^Address/).fill('http://10.1.2.3/open');
  await main.getByLabel(/^Headers/).fill('Authorization: Bearer hunter2');
  await main.getByLabel(/^Body/).fill('{"door":"{{door_id}}","event":"{{event_id}}"}');
  await main.getByText('Success, signature, certificate').click();
  await main.getByLabel(/^Signing secret/).fill('a secret of our own');
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(main.locator('#http_url-error')).toContainText('10.1.2.3 is a private address');
  await expect(main.getByLabel(/^Headers/)).toHaveValue('Authorization: Bearer hunter2');
  await main.getByLabel(/^Address/).fill(`http://127.0.0.1:${relay.port}/open/{{door_id}}`);
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Saved');
  await page.goto(`${door}/edit`);
  await expect(main.getByLabel(/^Headers/)).toHaveValue('Authorization: •••');

  await page.goto(door);
  await main.getByText('Test', { exact: true }).click();
  await main.getByRole('button', { name: 'Open it to test' }).click();
  await expect(page.getByRole('status')).toContainText(/Gate says that it opened, after \d+ ms. It answered 200: {"was_on":false}/);

  const visitor = await (await browser.newContext({ javaScriptEnabled, locale: 'en-GB' })).newPage();
  await press(visitor, link.url, javaScriptEnabled, 'Open now');
  const [granted] = await latchkey.cli('event', 'list', '--action', 'door.unlock');
  expect(relay.asked).toHaveLength(2);
  const asked = relay.asked[1]!;
  expect(JSON.parse(asked.body)).toEqual({ door: granted.object, event: granted.id });
  expect(asked.path).toBe(`/open/${granted.object}`);
  expect(asked.headers.authorization).toBe('Bearer hunter2');
  expect(Relay.signed(asked, 'a secret of our own')).toBe(true);

  await relay.close();
  await press(visitor, link.url, javaScriptEnabled, 'Did not open');
  await press(visitor, link.url, javaScriptEnabled, 'Door off line');
  await page.goto(door);
  await expect(main.getByText('Offline', { exact: true })).toBeVisible();
  await expect(main).toContainText('refused the connection');
  await relay.listen();
  await expect(async () => {
    await page.goto(door);
    await expect(main.getByText('Offline', { exact: true })).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await press(visitor, link.url, javaScriptEnabled, 'Open now');
  await relay.close();
});

test('a lock behind a broker opens when it says so, and is off line without its broker', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of 422/);
  const broker = await Broker.start(await freePort());
  let lock = await Lock.connect(broker.port, 'gate/do', 'gate/is');
  try {
    const { door, link } = await house(page, latchkey);
    const main = page.getByRole('main');
    await page.goto(`${door}/edit`);
    await main.getByLabel('Driver').selectOption('mqtt');
    await main.getByLabel(/^Broker/).fill(`mqtt://127.0.0.1:${broker.port}`);
    await main.getByLabel('Topic', { exact: true }).fill('gate/do');
    await main.getByLabel(/^Command/).fill('open {{unlock_s}}');
    await main.getByLabel(/^State topic/).fill('gate/is');
    await main.getByRole('button', { name: 'Save' }).click();
    await expect(main.locator('#mqtt_open-error')).toBeVisible();
    await main.getByLabel(/^It says when open/).fill('OPEN');
    await main.getByLabel(/^It says when closed/).fill('SHUT');
    await main.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('status')).toContainText('Saved');

    const visitor = await (await browser.newContext({ javaScriptEnabled, locale: 'en-GB' })).newPage();
    await press(visitor, link.url, javaScriptEnabled, 'Open now');
    expect(lock.heard).toEqual(['open 5']);
    await page.goto(door);
    await expect(main.getByText('Open', { exact: true })).toBeVisible();
    await expect(async () => {
      if (javaScriptEnabled === false) await page.goto(door);
      await expect(main.getByText('Locked', { exact: true })).toBeVisible({ timeout: 500 });
    }).toPass();

    await broker.stop();
    await expect(async () => {
      await page.goto(door);
      await expect(main.getByText('Offline', { exact: true })).toBeVisible({ timeout: 500 });
    }).toPass();
    await press(visitor, link.url, javaScriptEnabled, 'Door off line');
    await broker.go();
    lock = await Lock.connect(broker.port, 'gate/do', 'gate/is');
    await expect(async () => {
      await page.goto(door);
      await expect(main.getByText('Offline', { exact: true })).toHaveCount(0, { timeout: 500 });
    }).toPass({ timeout: 30_000 });

    // Without a state topic nobody claims that it opened.
    await page.goto(`${door}/edit`);
    for (const label of [/^State topic/, /^It says when open/, /^It says when closed/]) await main.getByLabel(label).fill('');
    await main.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('status')).toContainText('Saved');
    await press(visitor, link.url, javaScriptEnabled, 'Sent to the door');
  } finally {
    lock.leave();
    await broker.end();
  }
});
