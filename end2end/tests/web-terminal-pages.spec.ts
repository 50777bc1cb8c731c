// Every screen of the terminal in a browser, upright and lying down, as a tablet and as an old phone: it is read from two metres.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filmed, offlineCode, onlineCode } from '../support/codes.ts';
import { expect, test } from '../support/fixtures.ts';
import { look } from '../support/look.ts';
import { scan } from '../support/tablet.ts';
import { StandIn } from '../support/terminal.ts';
import config from '../playwright.config.ts';

const film = join(tmpdir(), `latchkey-nobody-${process.pid}.y4m`);
const { launchOptions } = config.use!;
test.use({
  launchOptions: { ...launchOptions, args: [...launchOptions!.args!, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`] },
});
test.beforeAll(() => filmed('', film));

const devices = {
  tablet: { viewport: { width: 800, height: 1280 } },
  'tablet-wide': { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 2 },
  'phone-wide': { viewport: { width: 844, height: 390 }, isMobile: true, deviceScaleFactor: 2 },
  small: { viewport: { width: 320, height: 568 }, isMobile: true },
} as const;

for (const [device, options] of Object.entries(devices)) {
  const folder = `terminal-${device}`;
  test.describe(folder, () => {
    test.use({ ...options, hasTouch: true });
    test.slow();

    test('every screen', async ({ page, context, latchkey, expected }) => {
      expected.push(/net::ERR_/, /status of (401|404)/);
      const standIn = await StandIn.open(latchkey.url);
      const known = onlineCode();
      standIn.codes[known.name] = { f: 0, s: [1] };
      const title = page.getByRole('heading', { level: 1 });
      const shown = async (head: string, name: string) => {
        await expect(title).toHaveText(head);
        await look(page, folder, name);
        if (device === 'tablet-wide' && ['come-in', 'not-now'].includes(name)) await page.screenshot({ path: `screenshots/readme/${name}.png` });
      };
      // Each code keeps its answer: the one whose door is being opened is asked after once the next is on the screen.
      const verdicts = new Map<string, any>();
      standIn.verdict = scan => verdicts.get(scan.code);
      const says = async (verdict: any, head: string, name: string) => {
        const { text } = onlineCode();
        verdicts.set(Buffer.from(text).toString('base64'), verdict);
        await scan(page, text);
        await shown(head, name);
      };
      await page.goto(`${standIn.url}/terminal`);
      await shown('Pair this terminal', 'pair');
      await page.getByLabel(/^Code from/).fill('ABCDEFGJ');
      await page.getByRole('button', { name: 'Pair', exact: true }).click();
      await expect(page.getByRole('alert')).toContainText('wrong');
      await look(page, folder, 'pair-wrong');
      await page.getByLabel(/^Code from/).fill('ABCDEFGH');
      await page.getByRole('button', { name: 'Pair', exact: true }).click();
      await shown('The camera is not allowed', 'camera-denied');
      await context.grantPermissions(['camera']);
      await page.getByRole('button', { name: 'Try again' }).click();
      await expect(page.getByText("about a hand's width away")).toBeVisible();
      await expect(page.locator('#age')).toContainText('list');
      await shown('Hold your code here', 'ready');
      await says({ decision: 'grant', reason: 'allowed', opening: 'open' }, 'Come in', 'come-in');
      await says({ decision: 'grant', reason: 'allowed', opening: 'opening' }, 'One moment', 'opening');
      await says({ decision: 'grant', reason: 'allowed', opening: 'timed_out' }, 'No answer', 'no-answer');
      await says({ decision: 'deny', reason: 'outside_schedule' }, 'Not now', 'not-now');
      await says({ decision: 'deny', reason: 'qr_retired' }, 'No entry', 'no-entry');

      await page.locator('#hold').hover();
      await page.mouse.down();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.mouse.up();
      await look(page, folder, 'settings');
      await page.getByText('Unpair this terminal').click();
      await look(page, folder, 'settings-unpair');
      await page.getByLabel('Language').selectOption('de');
      await page.getByRole('button', { name: 'Schließen' }).click();
      await says({ decision: 'deny', reason: 'qr_replayed' }, 'Jetzt nicht', 'not-now-de');
      await says({ decision: 'grant', reason: 'allowed', opening: 'open' }, 'Bitte eintreten', 'come-in-de');
      await page.reload();
      await shown('Code hierher halten', 'ready-de');

      await standIn.stop();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.reload();
      await expect(page.locator('#line')).toHaveText('Kein Netz');
      await expect(page.getByText('etwa eine Handbreit entfernt')).toBeVisible();
      await shown('Code hierher halten', 'off-line');
      await scan(page, offlineCode(standIn.codeKey.privateKey, standIn.audience, [1]).text);
      await shown('Zutritt erlaubt', 'off-line-allowed');
      await scan(page, onlineCode().text);
      await shown('Jetzt nicht', 'off-line-needs-network');
      standIn.maxAge = 1;
      standIn.ahead = 7_200_000;
      standIn.renew();
      await standIn.start();
      await expect(page.getByText('Die Uhr dieses Geräts geht falsch.')).toBeVisible({ timeout: 30_000 });
      await look(page, folder, 'clock-wrong');
      await standIn.stop();
      await page.reload();
      await shown('Außer Betrieb', 'out-of-service');
      standIn.revoked = true;
      await standIn.start();
      await expect(title).toHaveText('Dieses Terminal wurde entzogen', { timeout: 30_000 });
      await shown('Dieses Terminal wurde entzogen', 'revoked');
      await standIn.stop();
    });
  });
}
