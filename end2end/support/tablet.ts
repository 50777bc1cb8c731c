// A tablet with the terminal's page on it: what people and scanners do with it, what it keeps, and what its camera sees.
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filmed } from './codes.ts';
import { expect, test, watch } from './fixtures.ts';

/** What a browser says by itself when nothing answers. */
export const NO_NETWORK = [/Failed to load resource: net::ERR_/, /status of 401/, /status of 404/];

export const screen = (page: Page, look: string) => page.locator(`body[data-screen=${look}]`);
export const title = (page: Page) => page.getByRole('heading', { level: 1 });

/** Keys as a scanner sends them, on a German keyboard: the layout says Z where the key is Y. */
export async function scan(page: Page, text: string) {
  await page.evaluate(text => {
    const names: Record<string, string> = { '-': 'Minus', '/': 'Slash', '.': 'Period' };
    let at = performance.now();
    const press = (code: string, key: string, shiftKey = false) => {
      const event = new KeyboardEvent('keydown', { code, key, shiftKey, bubbles: true, cancelable: true });
      // Stamped as a scanner's keys are, however long the machine of the tests is away between two of them.
      Object.defineProperty(event, 'timeStamp', { value: at += 4 });
      document.body.dispatchEvent(event);
    };
    for (const letter of text) {
      const layout = ({ Y: 'Z', Z: 'Y', y: 'z', z: 'y' } as Record<string, string>)[letter] ?? letter;
      const code = /[a-z]/i.test(letter) ? `Key${letter.toUpperCase()}` : /\d/.test(letter) ? `Digit${letter}` : names[letter]!;
      press(code, layout, /[A-Z]/.test(letter));
    }
    press('Enter', 'Enter');
  }, text);
}

export async function pair(page: Page, url: string, code = 'ABCD-EFGH') {
  await page.goto(`${url}/terminal`);
  await expect(title(page)).toHaveText('Pair this terminal');
  await page.getByLabel(/^Code from/).fill(code);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
}

export async function settings(page: Page) {
  const bar = page.locator('#hold');
  await bar.hover();
  await page.mouse.down();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.mouse.up();
}

/** What the browser kept. */
export const kept = (page: Page, store: string) =>
  page.evaluate(
    store =>
      new Promise<string[]>((done, failed) => {
        const opening = indexedDB.open('latchkey terminal');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction(store).objectStore(store).getAll();
          all.onsuccess = () => {
            opening.result.close();
            done(all.result);
          };
        };
      }),
    store,
  );

/** A browser whose camera sees this code held before it. */
export async function seeing(playwright: any, text: string): Promise<{ page: Page; context: BrowserContext; film: string; errors: string[]; close: () => Promise<void> }> {
  const film = join(await mkdtemp(join(tmpdir(), 'filmed-')), 'code.y4m');
  await filmed(text, film);
  const { launchOptions } = test.info().project.use;
  const args = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  const own: Browser = await playwright.chromium.launch({ ...launchOptions, args: [...launchOptions!.args!, ...args] });
  const context = await own.newContext({ permissions: ['camera'], locale: 'en-GB' });
  const page = await context.newPage();
  return { page, context, film, errors: watch(page), close: () => own.close() };
}
