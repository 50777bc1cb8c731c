// The main job, whole: set-up, place, door, link, mail, tap, open door, event with its reason.
import { EMAIL, PASSWORD } from '../support/server.ts';
import { expect, test } from '../support/fixtures.ts';

test('an admin invites a visitor by mail, and the visitor opens the door', async ({ page, latchkey, browser, javaScriptEnabled }) => {
  await page.goto(latchkey.setupAddress());
  await page.getByLabel('Organization').fill('Northwind Studios');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Your name').fill('Maya Lindqvist');
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: /set up|make/i }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await page.goto(`${latchkey.url}/places/new`);
  await page.getByLabel('Name').fill('Lindenstraße 14');
  await page.getByLabel('Address').fill('10969 Berlin');
  await page.getByRole('button', { name: /save|add|make/i }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Lindenstraße 14' })).toBeVisible();

  await page.goto(`${latchkey.url}/doors/new`);
  await page.getByLabel('Name').fill('Front door');
  await page.getByRole('button', { name: /save|add|make/i }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Front door' })).toBeVisible();

  await page.goto(`${latchkey.url}/links/new`);
  await page.getByLabel('Name', { exact: true }).fill('Ada Keller');
  await page.getByLabel('E-mail', { exact: true }).fill('ada@keller.example');
  await page.getByLabel(/^Front door/).check();
  await page.getByLabel(/Send it by e-mail/).check();
  await page.getByRole('button', { name: /make|create|save/i }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ada Keller' })).toBeVisible();

  const mail = await latchkey.mailbox.to('ada@keller.example');
  expect(mail.subject).toContain('Northwind Studios');
  expect(mail.attachments.map(part => part.contentType)).toContain('text/calendar');
  const address = /http:\S+\/l\/[\w-]+/.exec(mail.text ?? '')![0];
  expect(mail.html).toContain(address);

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled, locale: 'en-GB' });
  const visitor = await phone.newPage();
  const complaints: string[] = [];
  visitor.on('console', message => message.type() === 'error' && complaints.push(message.text()));
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
