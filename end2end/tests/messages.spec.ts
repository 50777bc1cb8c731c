// Text messages, quotas, settings: walked as a new admin would, on both databases, with and without script.
import { deflateSync } from 'node:zlib';
import { expect, signIn, test } from '../support/fixtures.ts';
import { Phones } from '../support/phones.ts';
import { Latchkey } from '../support/server.ts';

const LOGO = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40"><rect width="40" height="40" rx="8" fill="#0b5d3b"/><path d="M60 30V10h6l10 14V10h6v20h-6L66 16v14z" fill="#1c1b19"/></svg>`);

async function house(latchkey: Latchkey) {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14');
  await latchkey.cli('door', 'create', '--name', 'Front door', '--place', 'Lindenstraße 14');
}

test('a link goes out by text message until the quota is used, and is made all the same', async ({ page, database, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of 422/);
  const phones = await Phones.open();
  const latchkey = await Latchkey.start(database, { LATCHKEY_SMS_URL: phones.url, LATCHKEY_OPERATOR_CONTACT: 'Olga, extension 12' });
  try {
    await house(latchkey);
    await latchkey.cli('org', 'set-quota', '--sms', '1');
    await signIn(page, latchkey);
    const main = page.getByRole('main');
    await expect(main).toContainText('0 of 1');
    const make = async (name: string, phone: string) => {
      await page.goto(`${latchkey.url}/links/new`);
      await main.getByLabel(/^Name/).fill(name);
      await main.getByLabel(/^Phone/).fill(phone);
      await main.getByLabel(/^Front door/).check();
      await main.getByLabel(/^Send it by text message/).check();
      await main.getByRole('button', { name: 'Make link' }).click();
    };
    await make('Ada Keller', '030 12');
    await expect(main.getByText('needs the number with its country code')).toBeVisible();
    await expect(main.getByLabel(/^Name/)).toHaveValue('Ada Keller');
    await make('Ada Keller', '+49 30 23125 017');
    await expect(page.getByRole('status')).toContainText('It goes to +493023125017.');
    const { text } = await phones.to('+493023125017');
    const address = /http:\S+\/l\/[\w-]+/.exec(text)![0];
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled });
    const visitor = await phone.newPage();
    await visitor.goto(address);
    await expect(visitor.getByText('Front door').first()).toBeVisible();
    await phone.close();

    await make('Bea Keller', '+49 30 23125 018');
    const said = page.getByRole('status').first();
    await expect(said).toContainText('The link for Bea Keller is made.');
    await expect(said).toContainText('The one link by text message of this month is used');
    await expect(said).toContainText('ask Olga, extension 12');
    await page.getByRole('link', { name: 'Show and copy' }).click();
    await expect(page.getByLabel('Address', { exact: true })).toHaveValue(/\/l\//);
    await page.goto(latchkey.url);
    await expect(main).toContainText('1 of 1');
    await expect(main).toContainText('Used up until');
    expect(phones.messages).toHaveLength(1);
  } finally {
    await latchkey.end();
    await phones.close();
  }
});

test('settings hold: words, logo and colour reach mail and page, and a test shows the server\'s answer', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of 422/);
  await house(latchkey);
  await signIn(page, latchkey);
  const main = page.getByRole('main');
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await main.getByRole('link', { name: 'Messages' }).click();
  await main.getByLabel(/^Greeting in English/).fill('Welcome, {nam}');
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(main.getByText('There is no gap {nam}.')).toBeVisible();
  await main.getByLabel(/^Greeting in English/).fill('Welcome to {organization}, {name}');
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Saved.');
  await main.getByRole('link', { name: 'The mail in English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome to Northwind Studios, Ada Keller');

  await page.goto(`${latchkey.url}/settings/looks`);
  await main.getByLabel('PNG or SVG').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: LOGO });
  await main.getByRole('button', { name: 'Use this logo' }).click();
  await expect(main.getByRole('img', { name: 'Northwind Studios' })).toBeVisible();
  await main.getByLabel(/^Colour of buttons/).fill('#ffd400');
  await main.getByRole('button', { name: 'Save the colour' }).click();
  await expect(main.getByText('Choose a darker one.')).toBeVisible();
  await main.getByLabel(/^Colour of buttons/).fill('#0b5d3b');
  await main.getByRole('button', { name: 'Save the colour' }).click();
  await expect(page.getByRole('status')).toContainText('Saved.');

  await page.goto(`${latchkey.url}/settings/delivery`);
  await main.getByLabel(/^Test address/).fill('me@northwind.example');
  await main.getByRole('button', { name: 'Send a test mail' }).click();
  await expect(page.getByRole('status')).toContainText('The test is over: it went out.');
  await expect(main).toContainText('Kept it');
  expect((await latchkey.mailbox.to('me@northwind.example')).subject).toBe('Test mail from Northwind Studios');

  const [{ url }] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--email', 'ada@keller.example', '--door', 'Front door', '--send');
  const mail = await latchkey.mailbox.to('ada@keller.example');
  expect(mail.text).toContain('Welcome to Northwind Studios, Ada Keller');
  expect(mail.html).toContain('#0b5d3b');
  expect(mail.attachments.some(part => part.contentType === 'image/png' && part.cid === 'logo')).toBe(true);

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled });
  const visitor = await phone.newPage();
  const session = await phone.newCDPSession(visitor);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await visitor.goto(url);
  await visitor.waitForLoadState('networkidle');
  await expect(visitor.getByRole('img', { name: 'Northwind Studios' })).toBeVisible();
  const colour = visitor.getByRole(javaScriptEnabled === false ? 'link' : 'button', { name: 'Unlock Front door' });
  await expect(colour).toHaveCSS('background-color', 'rgb(11, 93, 59)');
  const icon = await visitor.locator('link[rel=icon]').getAttribute('href');
  bytes += (await (await fetch(`${latchkey.url}${icon}`)).arrayBuffer()).byteLength;
  console.log(`a first visit with a logo and a colour: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(14 * 1024);
  await phone.close();
});

test('the heaviest logo keeps a first visit within its budget', async ({ page, latchkey, browser }) => {
  await house(latchkey);
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/settings/looks`);
  await page.getByLabel('PNG or SVG').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: busy(300, 60) });
  await page.getByRole('button', { name: 'Use this logo' }).click();
  await expect(page.getByRole('main').getByRole('img', { name: 'Northwind Studios' })).toBeVisible();
  const [{ url }] = await latchkey.cli('link', 'create', '--name', 'Ada', '--door', 'Front door');
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const visitor = await phone.newPage();
  const session = await phone.newCDPSession(visitor);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await visitor.goto(url);
  await visitor.waitForLoadState('networkidle');
  console.log(`a first visit with a heavy logo: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(14 * 1024);
  await phone.close();
});

/** A PNG of many colours. */
function busy(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 4) + 1 + x * 4;
      rows.set([(x * 7) % 256, (y * 11 + x) % 256, (x * y) % 256, 255], at);
    }
  }
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = (data: Buffer) => ~data.reduce((c, byte) => table[(c ^ byte) & 255]! ^ (c >>> 8), ~0) >>> 0;
  const chunk = (kind: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
