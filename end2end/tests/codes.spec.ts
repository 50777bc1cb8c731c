// A link's QR code: in the mail as received, on the visitor's page as a phone shows it, and explained to an admin.
import { read } from '../support/codes.ts';
import { expect, signIn, test, watch } from '../support/fixtures.ts';
import type { Latchkey } from '../support/server.ts';

async function house(latchkey: Latchkey) {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14');
  await latchkey.cli('door', 'create', '--place', 'Lindenstraße 14', '--name', 'Front door');
}

test('an admin makes a link with an offline code, and its picture is the same in mail, page and hand', async ({ page, latchkey, browser, javaScriptEnabled }) => {
  await house(latchkey);
  await signIn(page, latchkey);
  const main = page.getByRole('main');
  await page.goto(`${latchkey.url}/links/new`);
  await main.getByLabel(/^Name/).fill('Ada Keller');
  await main.getByLabel(/^E-mail/).fill('ada@keller.example');
  await main.getByRole('radio', { name: /^Offline/ }).check();
  await main.getByLabel(/^Only the code opens/).check();
  await main.getByLabel(/^Send it by e-mail/).check();
  await main.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Keller');
  await expect(main).toContainText('Offline code');
  const link = new URL(page.url()).pathname;

  const mail = await latchkey.mailbox.to('ada@keller.example');
  const pictures = mail.attachments.filter(part => part.contentType === 'image/png');
  expect(pictures.map(part => part.related ?? false)).toEqual([true, false]);
  const codes = await Promise.all(pictures.map(part => read(part.content)));
  expect(codes[0]).toMatch(/^LK1F[0-9A-Z]+$/);
  expect(codes[1]).toBe(codes[0]);

  for (const colorScheme of ['light', 'dark'] as const) {
    const phone = await browser.newContext({
      viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, javaScriptEnabled, colorScheme, locale: 'en-GB',
    });
    const visitor = await phone.newPage();
    const complaints = watch(visitor);
    await visitor.goto(/http:\S+\/l\/[\w-]+/.exec(mail.text ?? '')![0]);
    const code = visitor.getByRole('img', { name: 'QR code for the reader at the door' });
    await expect(code).toBeVisible();
    await expect.poll(() => code.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth).catch(() => 1)).toBeTruthy();
    expect(await read(await visitor.screenshot()), colorScheme).toBe(codes[0]);
    await expect(visitor.getByRole('button', { name: /Unlock/ })).toHaveCount(0);
    const saved = visitor.waitForEvent('download');
    await visitor.getByRole('link', { name: 'Save picture' }).click();
    const stream = await (await saved).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    expect(await read(Buffer.concat(parts))).toBe(codes[0]);
    expect(complaints).toEqual([]);
    await phone.close();
  }

  await page.goto(`${latchkey.url}/codes/inspect`);
  await page.getByLabel('What the code says').fill(codes[0]);
  await page.getByLabel('At which door').selectOption({ label: 'Front door' });
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(page.getByRole('status')).toContainText('would open');
  await page.getByLabel('What the code says').fill('');
  await page.getByLabel('Or a picture of it').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: pictures[0].content });
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(main).toContainText('Ada Keller');

  await page.goto(`${latchkey.url}${link}`);
  await page.getByText('Address in wrong hands?').click();
  await page.getByRole('button', { name: 'Make a new address' }).click();
  expect((await latchkey.cli('qr', 'inspect', codes[0], '--door', 'Front door'))[0]).toMatchObject({ kind: 'offline', answer: { decision: 'deny', reason: 'qr_retired' } });
});

test('a rotating code is new before it is old, with script and without', async ({ page, latchkey, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  await house(latchkey);
  const [{ url }] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--door', 'Front door', '--qr', 'rotating');
  await page.goto(url);
  const code = page.getByRole('img', { name: 'QR code for the reader at the door' });
  await expect(code).toBeVisible();
  await page.waitForTimeout(500);
  const first = await read(await page.screenshot());
  let latest = first;
  // Without script the page loads itself again; a picture is good for 30 seconds at least.
  for (let tries = 0; tries < 30 && latest === first; tries += 1) {
    await page.waitForTimeout(1_000);
    latest = await read(await page.screenshot()).catch(() => latest);
  }
  expect(latest).not.toBe(first);
  expect((await latchkey.cli('qr', 'inspect', latest, '--door', 'Front door'))[0]).toMatchObject({ kind: 'rotating', answer: { decision: 'grant' } });
  if (javaScriptEnabled !== false) expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1);
});
