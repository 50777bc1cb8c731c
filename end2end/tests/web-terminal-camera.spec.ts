// The terminal in a browser before a camera: one scan for one code, and a visitor's whole way from their mail to the log.
import { filmed, onlineCode, read } from '../support/codes.ts';
import { expect, test } from '../support/fixtures.ts';
import { kept, NO_NETWORK, pair, scan, seeing, settings, title } from '../support/tablet.ts';
import { StandIn } from '../support/terminal.ts';

test('a code held before the camera is one scan, however long it stays', async ({ latchkey, playwright }) => {
  const [standIn, code] = [await StandIn.open(latchkey.url), onlineCode()];
  standIn.verdict = () => ({ decision: 'grant', reason: 'allowed', opening: 'open' });
  const { page, errors, close } = await seeing(playwright, code.text);
  await pair(page, standIn.url);
  await expect(title(page)).toHaveText('Come in', { timeout: 20_000 });
  expect(Buffer.from(standIn.scans[0].code, 'base64').toString()).toBe(code.text);
  await page.waitForTimeout(5_000);
  expect(standIn.scans).toHaveLength(1);
  expect(errors).toEqual([]);
  await close();
  await standIn.stop();
});

test('a visitor shows the code from their mail: the door opens, off line it is judged, and the log has each scan once', async ({ latchkey, playwright }) => {
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Yard', '--time-zone', 'Europe/Berlin');
  await latchkey.cli('door', 'create', '--name', 'Gate', '--place', 'Yard');
  const code = async (name: string, kind: string) => {
    const email = `${name.toLowerCase()}@keller.example`;
    const [link] = await latchkey.cli('link', 'create', '--name', name, '--email', email, '--door', 'Gate', '--qr', kind, '--send');
    const mail = await latchkey.mailbox.to(email);
    const picture = mail.attachments.find(part => part.contentType === 'image/png')!;
    return { id: link.id as string, text: await read(picture.content) };
  };
  const [shown, saved, online] = [await code('Ada', 'online'), await code('Ben', 'offline'), await code('Cleo', 'online')];
  const [made] = await latchkey.cli('terminal', 'create', '--name', 'Tablet', '--door', 'Gate');
  const { page, film, errors, close } = await seeing(playwright, shown.text);
  const camera = async (choice: string) => {
    await settings(page);
    await page.getByLabel('Camera').selectOption(choice);
    await page.getByRole('button', { name: 'Close' }).click();
  };
  await pair(page, latchkey.url, made.pairing_code);
  await expect(title(page)).toHaveText('Come in', { timeout: 20_000 });
  await expect(page.getByText('Gate is open')).toBeVisible();
  const scans = () => latchkey.cli('event', 'list', '--action', 'door.unlock');
  const [first] = await scans();
  expect(first).toMatchObject({ outcome: 'granted', reason: 'allowed' });

  await camera('none');
  await expect(title(page)).toHaveText('Scan your code', { timeout: 15_000 });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => caches.keys().then(keys => keys.length))).toBe(1);
  await expect(page.locator('#age')).toContainText('old');
  await latchkey.stop();
  await page.reload();
  await expect(page.locator('#line')).toHaveText('No network');
  await filmed(saved.text, film);
  await camera('front');
  await expect(title(page)).toHaveText('Allowed in', { timeout: 20_000 });
  await camera('none');
  await expect(title(page)).toHaveText('Scan your code', { timeout: 15_000 });
  await scan(page, online.text);
  await expect(page.locator('#text')).toContainText('No network, and this code needs it');
  await latchkey.serve();
  await expect(page.locator('#line')).toHaveText('On line', { timeout: 30_000 });
  await expect.poll(() => kept(page, 'journal'), { timeout: 30_000 }).toEqual([]);
  await page.reload();
  await expect(page.locator('#line')).toHaveText('On line', { timeout: 30_000 });
  const log = await scans();
  expect(log.map(({ outcome, reason }) => `${outcome} ${reason}`).toSorted()).toEqual(['denied needs_network', 'granted allowed', 'granted allowed']);

  await latchkey.cli('link', 'revoke', saved.id);
  await expect(async () => {
    await scan(page, saved.text);
    await expect(page.locator('#text')).toContainText('withdrawn', { timeout: 3_500 });
  }).toPass({ timeout: 20_000 });
  expect(errors.filter(error => !NO_NETWORK.some(pattern => pattern.test(error)))).toEqual([]);
  await close();
});
