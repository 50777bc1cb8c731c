// Groups, hours, a place's lockdown and *could it open?*, as a new admin comes to them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, signIn, test } from '../support/fixtures.ts';

test('an admin groups doors, gives them hours with holidays, and a visitor reads when they open', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  test.slow();
  expected.push(/status of 422/);
  const main = page.getByRole('main');
  const heading = page.getByRole('heading', { level: 1 });
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--time-zone', 'Europe/Berlin');
  for (const name of ['Front door', 'Studio 3']) await latchkey.cli('door', 'create', '--name', name, '--place', 'Lindenstraße 14');
  await signIn(page, latchkey);

  await page.goto(`${latchkey.url}/schedules`);
  await main.getByRole('link', { name: 'Make the first schedule' }).click();
  await main.getByRole('link', { name: 'Never' }).click();
  await main.getByLabel(/^Name/).fill('Nights');
  await main.getByLabel('Friday from', { exact: true }).fill('22:00');
  await main.getByLabel('Friday until', { exact: true }).fill('06:00');
  await main.getByLabel('Saturday from', { exact: true }).fill('22:00');
  await main.getByRole('button', { name: 'Make schedule' }).click();
  await expect(main.getByText('Give both times of a window')).toBeVisible();
  await expect(main.getByLabel('Friday until', { exact: true })).toHaveValue('06:00');
  await main.getByLabel('Saturday until', { exact: true }).fill('23:00');
  await main.getByRole('button', { name: 'Make schedule' }).click();
  await expect(heading).toHaveText('Nights');
  await expect(main).toContainText('Fri 22:00–06:00 the next day');
  await expect(main.getByRole('img', { name: /^Open .*Sat .* 00:00 to 06:00, 22:00 to 23:00/ })).toBeVisible();
  await main.getByText('As a table').click();
  await expect(main.getByRole('row', { name: /^Fri .*22:00 to 24:00/ })).toBeVisible();
  await main.getByRole('link', { name: 'The week after' }).click();
  await main.getByRole('link', { name: 'This week' }).click();

  await main.getByText('Another date').click();
  await main.getByLabel(/^Date/).fill('2031-05-01');
  await main.getByLabel(/^Name/).fill('May Day');
  await main.getByRole('button', { name: 'Add exception' }).click();
  await expect(main).toContainText('Thu 1 May 2031');

  const file = join(latchkey.folder, 'holidays.ics');
  await writeFile(file, [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'SUMMARY:Labour Day', 'DTSTART;VALUE=DATE:20310501', 'END:VEVENT',
    'BEGIN:VEVENT', 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20311225', 'DTEND;VALUE=DATE:20311227', 'END:VEVENT',
    'BEGIN:VEVENT', 'SUMMARY:Party', 'DTSTART:20311231T200000', 'END:VEVENT', 'END:VCALENDAR', '',
  ].join('\r\n'));
  await main.getByRole('link', { name: 'Import holidays' }).click();
  await main.getByLabel(/^Calendar file/).setInputFiles(file);
  await main.getByRole('button', { name: 'Look at it' }).click();
  await expect(main).toContainText('Party: it does not begin with a day');
  await expect(main).toContainText('Thu 1 May 2031, Labour Day');
  await main.getByLabel(/Fri 26 December 2031/).uncheck();
  await main.getByRole('button', { name: 'Close 2 days' }).click();
  await expect(page.getByRole('status')).toHaveText(/One day is closed/);
  await expect(main).toContainText('Thu 25 December 2031');
  await expect(main).not.toContainText('Fri 26 December 2031');

  await page.goto(`${latchkey.url}/groups`);
  await main.getByRole('link', { name: 'Make the first group' }).click();
  await main.getByLabel(/^Name/).fill('Visitors');
  await main.getByLabel('Front door').check();
  await main.getByLabel('Studio 3').check();
  await main.getByLabel('Opens').selectOption('Nights');
  await expect(main).toContainText('Does not apply to access links and QR codes');
  await main.getByRole('button', { name: 'Make group' }).click();
  await expect(heading).toHaveText('Visitors');
  await expect(main).toContainText('Studio 3');

  // Open always by its own hours but for a day that nobody waits for: the next Friday night is then when it opens.
  await page.goto(`${latchkey.url}/links/new`);
  await main.getByLabel(/^Name/).fill('Ada Keller');
  await main.getByLabel(/^Visitors/).check();
  await main.getByText('Only at certain hours').click();
  await main.getByLabel('Friday from', { exact: true }).fill('23:00');
  await main.getByLabel('Friday until', { exact: true }).fill('23:30');
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(heading).toContainText('Ada Keller');
  await expect(main).toContainText('Fri 23:00–23:30');
  const [{ id, url }] = await latchkey.cli('link', 'show', 'Ada Keller');
  const [door] = await latchkey.cli('door', 'show', 'Studio 3');

  await main.getByRole('link', { name: 'Could Studio 3 open at another time?' }).click();
  await main.getByLabel('When').fill('2031-05-02T23:10');
  await main.getByRole('button', { name: 'Ask' }).click();
  await expect(main).toContainText('Studio 3 would stay shut for Ada Keller');
  await expect(main).toContainText('The link has ended');
  await expect(main.getByRole('listitem').filter({ hasText: 'within the hours of the group' }).getByRole('link', { name: 'Visitors' })).toBeVisible();
  await main.getByLabel('For whom').selectOption('An admin, from the dashboard');
  await main.getByRole('button', { name: 'Ask' }).click();
  await expect(main.getByText('Yes', { exact: true })).toBeVisible();

  // A link that is good right now, at a door that its group keeps shut for days to come.
  await latchkey.cli('schedule', 'create', '--name', 'Never');
  await latchkey.cli('door', 'create', '--name', 'Vault', '--place', 'Lindenstraße 14', '--schedule', 'Never');
  const [vault] = await latchkey.cli('link', 'create', '--name', 'Grace', '--door', 'Vault', '--door', 'Front door');
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled, locale: 'en-GB' });
  const visitor = await phone.newPage();
  await visitor.goto(vault.url);
  await expect(visitor.getByText('This door does not open for you in the next weeks.')).toBeVisible();
  await expect(visitor.getByRole('button', { name: 'Unlock Vault' })).toHaveCount(0);
  await expect(visitor.getByRole('link', { name: 'Unlock Vault' })).toHaveCount(0);

  await page.goto(`${latchkey.url}/places/${door.place}`);
  await main.getByRole('link', { name: 'Lock this place down' }).click();
  await main.getByLabel(/^Why/).fill('Gas alarm');
  await main.getByLabel('Who may lift it').selectOption('Owners only');
  await main.getByRole('button', { name: 'Lock down now' }).click();
  await page.goto(`${latchkey.url}/links/${id}`);
  const banner = page.getByRole('region', { name: 'Lockdown of Lindenstraße 14' });
  await expect(banner).toContainText('by Maya Lindqvist: Gas alarm');
  await visitor.goto(url);
  await expect(visitor.getByRole('heading', { level: 1 })).toHaveText('The doors are locked for everyone');
  await banner.getByRole('button', { name: 'Lift the lockdown of Lindenstraße 14' }).click();
  await expect(banner).toHaveCount(0);
  await phone.close();

  await page.goto(`${latchkey.url}/schedules`);
  await main.getByRole('link', { name: /^Nights/ }).click();
  await main.getByRole('link', { name: 'Remove' }).click();
  await expect(main.getByRole('alert')).toContainText('Visitors has these hours and would be open always');
  expect((await latchkey.cli('audit', 'verify'))[0]).toMatchObject({ state: 'intact' });
});
