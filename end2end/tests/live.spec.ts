// The islands: what an admin sees without loading a page again.
import { expect, signIn, test } from '../support/fixtures.ts';

test.use({ demo: true });

test('the overview tells of a tap as it happens', async ({ page, browser, latchkey }) => {
  await signIn(page, latchkey);
  const feed = page.getByRole('region').or(page.locator('section')).filter({ has: page.getByRole('heading', { name: 'Now' }) });
  await expect(feed.getByText('Live', { exact: true })).toBeVisible();
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(latchkey.demo!.url);
  await visitor.getByRole('button', { name: 'Unlock Front door' }).click();
  await expect(visitor.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  await expect(feed.getByRole('listitem').first()).toContainText('Ada Keller unlocked Front door');
});

test('the simulator opens its door, and closes it again', async ({ page, browser, latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/simulator`);
  const door = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Front door' }) });
  await expect(door).toContainText('Locked');
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(latchkey.demo!.url);
  await expect(async () => {
    await visitor.getByRole('button', { name: 'Unlock Front door' }).click();
    await expect(door.getByText('Open', { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(door.getByText('Locked', { exact: true })).toBeVisible({ timeout: 8_000 });

  await door.getByRole('button', { name: 'Refusing' }).click();
  await expect(door.getByRole('button', { name: 'Refusing' })).toHaveAttribute('aria-pressed', 'true');
  await visitor.getByRole('button', { name: /Front door/ }).click();
  await expect(visitor.getByRole('status').filter({ hasText: 'Did not open' })).toBeVisible();
  // The seconds of an earlier opening are nobody's to wait for.
  await expect(visitor.getByText(/^\d+ s$/)).toHaveCount(0);
});

test('a link is shown, copied, and dies when it is replaced', async ({ page, context, latchkey, expected }) => {
  expected.push(/status of 404/);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/links?state=active`);
  await page.getByRole('link', { name: 'Ada Keller' }).first().click();
  await expect(page.getByRole('main')).not.toContainText(latchkey.demo!.url);
  await page.getByRole('link', { name: 'Show and copy' }).click();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(latchkey.demo!.url);
  expect((await latchkey.cli('event', 'list', '--action', 'link.shown')).length).toBeGreaterThan(0);
  // On plain http browsers have no clipboard.
  const plain = await context.newPage();
  await plain.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await plain.goto(page.url());
  await plain.getByRole('button', { name: 'Copy link' }).click();
  await expect(plain.getByRole('button', { name: 'Copied' })).toBeVisible();
  await plain.close();

  await page.getByText('Address in wrong hands?').click();
  await page.getByRole('button', { name: 'Make a new address' }).click();
  await expect(page.locator('.flash')).toBeVisible();
  await page.goto(latchkey.demo!.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link leads nowhere');
});

test('a pause can be undone where it was said', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/links?state=active`);
  await page.getByRole('link', { name: 'Ada Keller' }).first().click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('status')).toContainText('is paused');
  await page.getByRole('button', { name: 'Resume it' }).click();
  await expect(page.getByRole('status')).toContainText('works again');
});

test('the form warns of a long window and of a door that refuses links', async ({ page, latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/links/new`);
  const main = page.getByRole('main');
  await main.getByLabel(/^Name/).fill('Zoë Long');
  await main.getByLabel(/^Server room/).check();
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 16);
  await main.getByLabel(/^Until/).fill(until);
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(main).toContainText('Short links are safer');
  await expect(main).toContainText('Server room is a high-security door');
  await expect(main.getByLabel(/^Name/)).toHaveValue('Zoë Long');
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Zoë Long');
});

test('pictures for the README', async ({ browser, latchkey }) => {
  const options = { viewport: { width: 1200, height: 760 }, colorScheme: 'light', locale: 'en-GB' } as const;
  const visitor = await (await browser.newContext({ ...options, viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true })).newPage();
  await visitor.goto(latchkey.demo!.url);
  await visitor.getByRole('button', { name: 'Unlock Front door' }).tap();
  await expect(visitor.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  await visitor.screenshot({ path: 'screenshots/readme/visitor.png' });
  const [{ url }] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Front door', '--qr', 'offline');
  await visitor.goto(url);
  await expect(visitor.getByRole('img', { name: 'QR code for the reader at the door' })).toBeVisible();
  await visitor.screenshot({ path: 'screenshots/readme/code.png' });
  const admin = await (await browser.newContext(options)).newPage();
  await signIn(admin, latchkey);
  await expect(admin.getByText('Live', { exact: true })).toBeVisible();
  await admin.screenshot({ path: 'screenshots/readme/overview.png' });
});
