// Links at work: found, narrowed, sorted, handled many at once, copied, brought in from a file and taken out again.
import { readFile } from 'node:fs/promises';
import { expect, signIn, test } from '../support/fixtures.ts';

test('an admin finds, sorts and handles links among many', async ({ page, latchkey }) => {
  const main = page.getByRole('main');
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--time-zone', 'Europe/Berlin');
  await latchkey.cli('door', 'create', '--name', 'Front door', '--place', 'Lindenstraße 14');
  await latchkey.cli('door', 'create', '--name', 'Workshop', '--place', 'Lindenstraße 14');
  for (const [name, door, more] of [
    ['José Müller', 'Front door', ['--phone', '+49 30 555 0117', '--email', 'jose@mueller.example']],
    ['Ada Keller', 'Front door', ['--host-name', 'Jonas Weber']],
    ['Bike courier', 'Workshop', []],
  ] as const) {
    await latchkey.cli('link', 'create', '--name', name, '--door', door, ...more);
  }
  await signIn(page, latchkey);

  await page.goto(`${latchkey.url}/links`);
  await main.getByRole('searchbox').fill('muller 030 555');
  await main.getByRole('button', { name: 'Search' }).click();
  await expect(main).toContainText('Nothing matches');
  for (const words of ['mueller', 'jose mul', '030 5550117']) {
    await main.getByRole('searchbox').fill(words);
    await main.getByRole('button', { name: 'Search' }).click();
    await expect(main.getByRole('row').filter({ hasText: 'José Müller' })).toHaveCount(1);
    await expect(main.getByRole('row').filter({ hasText: 'Ada Keller' })).toHaveCount(0);
  }
  await main.getByRole('link', { name: 'Clear' }).click();

  await main.getByText('Filter and sort').click();
  await main.getByLabel('Door', { exact: true }).selectOption({ label: 'Front door' });
  await main.getByLabel('Order').selectOption('name');
  await main.getByRole('button', { name: 'Show' }).click();
  await expect(main.locator('p.only')).toHaveText('Links that open Front door, by name. Clear');
  await expect(main.locator('td.name')).toHaveText(['Ada Keller', 'José Müller']);
  await main.getByRole('link', { name: 'Active', exact: true }).click();
  await expect(main.locator('p.only')).toContainText('Active links that open Front door');

  await main.getByLabel('Choose Ada Keller').check();
  await main.getByLabel('Choose José Müller').check();
  await main.getByLabel('What to do').selectOption('pause');
  await main.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pause 2 links?');
  await main.getByRole('button', { name: 'Pause 2 links' }).click();
  await expect(main).toContainText('2 links are paused.');
  expect((await latchkey.cli('link', 'list', '--state', 'paused', '--sort', 'name')).map(link => link.name)).toEqual(['Ada Keller', 'José Müller']);

  await page.goto(`${latchkey.url}/links`);
  await main.getByLabel('Which').selectOption('all');
  await main.getByLabel('What to do').selectOption('extend');
  await main.getByRole('button', { name: 'Go on' }).click();
  await main.getByLabel('Days').fill('3');
  await main.getByRole('button', { name: 'Extend 3 links' }).click();
  await expect(main).toContainText('3 links have a new end.');

  await page.goto(`${latchkey.url}/links?q=jose`);
  await main.getByRole('link', { name: 'José Müller' }).click();
  await main.getByRole('link', { name: 'Duplicate' }).click();
  await expect(main).toContainText('Filled in like the link of José Müller');
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(main).toContainText('jose@mueller.example has a link already');
  await main.getByRole('button', { name: 'Make it all the same' }).click();
  await expect(main).toContainText('The link for José Müller is made.');
  expect(await latchkey.cli('link', 'list', '--search', 'jose')).toHaveLength(2);
});

test('a file of links is looked at first, made once, and comes out again', async ({ page, latchkey }) => {
  const main = page.getByRole('main');
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14', '--time-zone', 'Europe/Berlin');
  await latchkey.cli('door', 'create', '--name', 'Front door', '--place', 'Lindenstraße 14');
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/links`);
  await main.getByRole('link', { name: 'Import' }).click();
  const file = [
    'Name;E-Mail;Türen;Gültig bis;Buchungsnummer',
    'Ada Keller;ada@keller.example;Front door;24.12.2031;',
    'Jörg Müller;jörg at home;Back door;gestern;BK-1',
    'Bo Li;;Front door;;BK-2',
  ].join('\r\n');
  await main.getByLabel('File').setInputFiles({ name: 'besuch.csv', mimeType: 'text/csv', buffer: Buffer.from(file, 'latin1') });
  await main.getByRole('button', { name: 'Look at it first' }).click();
  await expect(main.getByRole('listitem').filter({ hasText: 'Jörg Müller' })).toContainText('There is no door called Back door.');
  await expect(main.getByRole('listitem').filter({ hasText: 'Jörg Müller' })).toContainText('email: This does not look like an e-mail address.');
  await expect(main.getByRole('listitem').filter({ hasText: 'Ada Keller' })).toContainText('A link may be good for');
  await expect(main.getByRole('listitem').filter({ hasText: 'Bo Li' })).toContainText('Will be made');
  expect(await latchkey.cli('link', 'list')).toHaveLength(0);
  await main.getByRole('button', { name: 'Make 1 link' }).click();
  await expect(main).toContainText('1 link is made. 2 rows were left out: line 2, 3.');
  expect((await latchkey.cli('link', 'list')).map(link => link.external_id)).toEqual(['BK-2']);

  const [download] = await Promise.all([page.waitForEvent('download'), main.getByRole('link', { name: 'Export' }).click()]);
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain('Bo Li');
  expect(text).not.toContain('/l/');
});
