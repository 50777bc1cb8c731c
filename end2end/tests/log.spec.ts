// The event log as an admin works with it: found, followed, understood, exported, kept and forgotten.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, signIn, test } from '../support/fixtures.ts';

test.use({ demo: true });

test('an event is found, understood and proved', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/events`);
  const main = page.getByRole('main');
  const rows = main.locator('ul.feed > li');
  await main.getByRole('searchbox').fill('ada front');
  await main.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/q=ada/);
  await expect(rows.filter({ hasText: 'Ada Keller' }).first()).toBeVisible();
  for (const text of await rows.allTextContents()) expect(text).toContain('Front door');

  await main.getByRole('searchbox').fill('xyzzy');
  await main.getByRole('button', { name: 'Search' }).click();
  await expect(main).toContainText('Nothing here is called “xyzzy”');
  await main.getByRole('link', { name: 'Show all events' }).click();

  await main.getByText('Filter', { exact: true }).click();
  await main.getByLabel('Outcome').selectOption('Refused');
  await main.getByLabel('What', { exact: true }).selectOption('Asked to open');
  await main.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/outcome=denied/);
  await expect(rows.first()).toContainText('was refused at');
  await main.getByRole('link', { name: 'Yesterday' }).click();
  await expect(page).toHaveURL(/outcome=denied/);
  await expect(page).toHaveURL(/since=/);
  await main.getByRole('link', { name: 'All', exact: true }).click();

  await rows.first().getByRole('link').click();
  await expect(main).toContainText('What was checked');
  await expect(main).toContainText('Before and after');
  await main.getByText('Proof').click();
  await expect(main).toContainText('Matches');
  await expect(main.locator('.proof code').last()).toHaveText(/^[0-9a-f]{64}$/);
  await main.locator('.facts').getByRole('link').first().click();
  await expect(page).toHaveURL(/\/(doors|links|groups)\//);
});

test('an export verifies, and is an event', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/events`);
  await page.getByRole('main').getByText('Export', { exact: true }).click();
  const link = page.getByRole('link', { name: /JSON lines/ });
  const answer = await page.request.get(new URL((await link.getAttribute('href'))!, latchkey.url).href);
  expect(answer.ok()).toBe(true);
  const text = await answer.text();
  expect(text.trimEnd().split('\n').at(-1)).toContain('"end"');
  const file = join(latchkey.folder, 'log.jsonl');
  await writeFile(file, text);
  expect((await latchkey.cli('audit', 'verify', file))[0]).toMatchObject({ state: 'intact' });
  const table = await page.request.get(`${latchkey.url}/events/export.csv?q=ada`);
  expect(table.headers()['content-type']).toContain('text/csv');
  expect(await table.text()).toContain('Ada Keller');
  await page.goto(`${latchkey.url}/events?action=events.exported`);
  await expect(page.getByRole('main').locator('ul.feed > li')).toHaveCount(2);
});

test('the log is followed as it goes on', async ({ page, browser, latchkey, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'a page that goes on by itself needs script');
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/events?q=front+granted`);
  await page.getByRole('link', { name: 'Follow live' }).click();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const rows = page.getByRole('main').locator('ul.feed > li');
  const before = await rows.count();
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(latchkey.demo!.url);
  await visitor.getByRole('button', { name: 'Unlock Front door' }).click();
  await expect(visitor.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  await expect(rows).toHaveCount(before + 1);
  await expect(rows.first()).toContainText('Ada Keller unlocked Front door');
  await page.getByRole('link', { name: 'Stop following' }).click();
  await expect(rows.first()).toContainText('Ada Keller unlocked Front door');
});

test('today is drawn by the hour, and stands in a table', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  await expect(page.getByRole('img', { name: /^Today \d+ openings? and \d+ refused/ })).toBeVisible();
  await page.getByText('As a table').click();
  await expect(page.getByRole('columnheader', { name: 'Refused' })).toBeVisible();
  for (const width of [320, 390, 700, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const hour = (await page.locator('svg.bars text').first().boundingBox())!;
    expect(hour.height, `the hours can be read at ${width} px`).toBeGreaterThanOrEqual(9);
  }
});

test('the times to look between can be read whole', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${latchkey.url}/events?since=2026-11-24T14:30`);
    for (const field of ['From', 'To']) {
      const box = (await page.getByLabel(field, { exact: true }).boundingBox())!;
      expect(box.width, `${field} at ${width} px`).toBeGreaterThanOrEqual(205);
    }
  }
});

test('a shorter retention is asked about, and a person is erased', async ({ page, latchkey, expected }) => {
  expected.push(/status of 422/);
  await signIn(page, latchkey);
  const main = page.getByRole('main');
  await page.goto(`${latchkey.url}/settings/retention`);
  await main.getByLabel('Keep events for, days').fill('30');
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(main.getByRole('alert')).toContainText(/\d+ events go/);
  await main.getByRole('button', { name: 'Shorten, and destroy these' }).click();
  await expect(page.getByRole('status')).toContainText('Saved');

  await page.goto(`${latchkey.url}/links?state=active`);
  await main.getByRole('link', { name: 'Ada Keller' }).first().click();
  await main.getByRole('link', { name: 'Erase this person' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Erase Ada Keller?');
  await main.getByRole('button', { name: 'Erase this person' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Erased');
  await expect(main).toContainText('Revoked');
  expect((await latchkey.cli('audit', 'verify'))[0]).toMatchObject({ state: 'intact' });
  expect(await latchkey.cli('event', 'list', '--action', 'link.erased')).toHaveLength(1);
});
