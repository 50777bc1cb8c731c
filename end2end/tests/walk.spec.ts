// The main job, whole: set-up, place, door, link, mail, tap, open door, event with its reason.
import { EMAIL, PASSWORD } from '../support/server.ts';
import { expect, test } from '../support/fixtures.ts';

test('an admin invites a visitor by mail, and the visitor opens the door', async ({ page, latchkey, browser, javaScriptEnabled }) => {
  const main = page.getByRole('main');
  await page.goto(latchkey.setupAddress());
  await page.getByLabel('Name', { exact: true }).fill('Northwind Studios');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Your name').fill('Maya Lindqvist');
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel(/^Password(?! again)/).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set Latchkey up' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');

  await page.goto(`${latchkey.url}/places/new`);
  await main.getByLabel(/^Name/).fill('Lindenstraße 14');
  await main.getByLabel(/^Address/).fill('10969 Berlin');
  await main.getByRole('button', { name: 'Add place' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lindenstraße 14');

  await page.goto(`${latchkey.url}/doors/new`);
  await main.getByLabel(/^Name/).fill('Front door');
  await main.getByRole('button', { name: 'Add door' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Front door');

  await page.goto(`${latchkey.url}/links/new`);
  await main.getByLabel(/^Name/).fill('Ada Keller');
  await main.getByLabel(/^E-mail/).fill('ada@keller.example');
  await main.getByLabel(/^Front door/).check();
  await main.getByLabel(/^Send it by e-mail/).check();
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Keller');

  const mail = await latchkey.mailbox.to('ada@keller.example');
  expect(mail.subject).toContain('Northwind Studios');
  expect(mail.attachments.map(part => part.contentType)).toContain('text/calendar');
  const address = /http:\S+\/l\/[\w-]+/.exec(mail.text ?? '')![0];
  expect(mail.html).toContain(address);

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled, locale: 'en-GB' });
  const visitor = await phone.newPage();
  const complaints: string[] = [];
  visitor.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  visitor.on('pageerror', error => complaints.push(String(error)));
  await visitor.goto(address);
  await expect(visitor).toHaveURL(/\/visit\/link_[^/]+$/);
  if (javaScriptEnabled === false) {
    await visitor.getByRole('link', { name: 'Unlock Front door' }).click();
    await visitor.getByRole('button', { name: 'Unlock Front door' }).click();
  } else {
    await visitor.getByRole('button', { name: 'Unlock Front door' }).click();
  }
  await expect(visitor.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  expect(complaints).toEqual([]);
  // It stays open for five seconds.
  await page.goto(`${latchkey.url}/simulator`);
  await expect(main.getByText('Open', { exact: true }).first()).toBeVisible();
  await phone.close();

  await page.goto(`${latchkey.url}/events?outcome=granted`);
  await page.getByRole('link', { name: /Ada Keller/ }).first().click();
  await expect(page.getByRole('main')).toContainText('Front door');
  const granted = await latchkey.cli('event', 'list', '--action', 'door.unlock');
  expect(granted).toHaveLength(1);
  expect(granted[0]).toMatchObject({ outcome: 'granted', reason: 'allowed', actor: 'visitor' });
  expect(await latchkey.cli('event', 'list', '--action', 'door.confirmed')).toHaveLength(1);
  expect((await latchkey.cli('audit', 'verify'))[0]).toMatchObject({ state: 'intact' });
});
