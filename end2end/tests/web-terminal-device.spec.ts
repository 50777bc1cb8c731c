// What the terminal in a browser does with its device: it keeps the screen on, sounds, and reads with the browser's own eyes.
import type { Page } from '@playwright/test';
import { onlineCode, read } from '../support/codes.ts';
import { expect, test } from '../support/fixtures.ts';
import { NO_NETWORK, pair, scan, screen, seeing, settings, title } from '../support/tablet.ts';
import { StandIn } from '../support/terminal.ts';

test('the screen stays on, and again after the page was hidden', async ({ page, latchkey, expected }) => {
  expected.push(...NO_NETWORK);
  await page.addInitScript(() => {
    const asked = ((window as any).asked = [] as string[]);
    const request = (kind: string) => {
      asked.push(kind);
      return Promise.resolve({ released: false });
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
    Object.defineProperty(document, 'hidden', { get: () => (window as any).away === true });
  });
  const standIn = await StandIn.open(latchkey.url);
  await pair(page, standIn.url);
  const asked = () => page.evaluate(() => (window as any).asked as string[]);
  const turn = (away: boolean) =>
    page.evaluate(away => {
      (window as any).away = away;
      document.dispatchEvent(new Event('visibilitychange'));
    }, away);
  await expect.poll(asked).toEqual(['screen']);
  // A browser lets go of it by itself, and gives it to no hidden page.
  await turn(true);
  await page.waitForTimeout(300);
  expect(await asked()).toEqual(['screen']);
  await turn(false);
  await expect.poll(asked).toEqual(['screen', 'screen']);
  await standIn.stop();
});

test('green and red sound once each and differently, and not at all where that is switched off', async ({ page, latchkey, expected }) => {
  expected.push(...NO_NETWORK);
  await page.addInitScript(() => {
    // A tone that ended was played to its end: a context that is asleep ends none.
    const played = ((window as any).played = [] as string[]);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      this.addEventListener('ended', () => played.push(`${this.type} ${this.frequency.value}`));
      start.call(this, when);
    };
  });
  const standIn = await StandIn.open(latchkey.url);
  await pair(page, standIn.url);
  await expect(page.locator('#line')).toHaveText('On line');
  const played = () => page.evaluate(() => (window as any).played.splice(0) as string[]);
  const silence = () => page.waitForTimeout(1_500);
  const [yes, no] = [['sine 880', 'sine 1320'], ['square 165', 'square 147']];

  standIn.verdict = () => ({ decision: 'grant', reason: 'allowed', opening: 'open' });
  const known = onlineCode().text;
  await scan(page, known);
  await expect(screen(page, 'yes')).toBeVisible();
  await silence();
  expect(await played()).toEqual(yes);
  // Held there, it is the same answer.
  await scan(page, known);
  await silence();
  expect(await played()).toEqual([]);

  standIn.verdict = () => ({ decision: 'deny', reason: 'expired' });
  await scan(page, onlineCode().text);
  await expect(screen(page, 'no')).toBeVisible();
  await silence();
  expect(await played()).toEqual(no);

  // A door that takes its time is heard when it is known what became of it.
  let times = 0;
  standIn.verdict = () => ({ decision: 'grant', reason: 'allowed', opening: (times += 1) < 3 ? 'opening' : 'timed_out' });
  await scan(page, onlineCode().text);
  await expect(title(page)).toHaveText('No answer');
  await silence();
  expect(await played()).toEqual(no);

  const sound = async (on: boolean) => {
    await settings(page);
    await page.getByLabel('Sound').setChecked(on);
    await page.getByRole('button', { name: 'Close' }).click();
  };
  await sound(false);
  for (const start of [async () => undefined, () => page.reload()]) {
    await start();
    await expect(page.locator('#line')).toHaveText('On line');
    standIn.verdict = () => ({ decision: 'grant', reason: 'allowed', opening: 'open' });
    await scan(page, onlineCode().text);
    await expect(screen(page, 'yes')).toBeVisible();
    await silence();
    expect(await played()).toEqual([]);
  }
  await sound(true);
  await scan(page, onlineCode().text);
  await silence();
  expect(await played()).toEqual(yes);
  await standIn.stop();
});

test('a scanner is read whole while the page is busy with other things', async ({ page, latchkey, expected }) => {
  expected.push(...NO_NETWORK);
  const standIn = await StandIn.open(latchkey.url);
  await pair(page, standIn.url);
  await expect(page.locator('#line')).toHaveText('On line');
  // An old tablet that looks for codes in a picture: the keys are down already, and are heard of later.
  await page.evaluate(() => {
    let keys = 0;
    const busy = () => {
      const until = performance.now() + ((keys += 1) % 10 === 0 ? 250 : 0);
      while (performance.now() < until);
    };
    document.addEventListener('keydown', busy, { capture: true });
  });
  const [code, keyboard] = [onlineCode().text.toLowerCase(), await page.context().newCDPSession(page)];
  const keys = [...code].map(letter => ({ key: letter, code: /\d/.test(letter) ? `Digit${letter}` : `Key${letter.toUpperCase()}` }));
  const pressed = [...keys, { key: 'Enter', code: 'Enter' }].flatMap(key =>
    (['rawKeyDown', 'keyUp'] as const).map(type => keyboard.send('Input.dispatchKeyEvent', { type, ...key })),
  );
  await Promise.all(pressed);
  await expect.poll(() => standIn.scans.length).toBe(1);
  expect(Buffer.from(standIn.scans[0].code, 'base64').toString()).toBe(code);
  await standIn.stop();
});

/** Gives a page a reader of codes of its own, which is zbar, and counts whose eyes were used. */
async function reader(page: Page, kind: 'reads' | 'rejects' | 'throws' | 'reads no QR') {
  await page.exposeFunction('zbar', async (url: string) => {
    // It says nothing and fails where there is no code.
    const text = await read(Buffer.from(url.split(',')[1]!, 'base64')).catch(() => '');
    return text;
  });
  await page.addInitScript(kind => {
    const used = ((window as any).used = { own: 0, wasm: 0 });
    const points = CanvasRenderingContext2D.prototype.getImageData;
    // Nothing on the page but the program's own reader looks at points.
    CanvasRenderingContext2D.prototype.getImageData = function (...about: any) {
      used.wasm += 1;
      return (points as any).apply(this, about);
    };
    (window as any).BarcodeDetector = class {
      static getSupportedFormats = async () => (kind === 'reads no QR' ? ['ean_13', 'code_128'] : ['ean_13', 'qr_code']);
      constructor(options: { formats: string[] }) {
        if (options.formats.join() !== 'qr_code') throw new TypeError(`formats: ${options.formats}`);
      }
      detect(video: HTMLVideoElement): Promise<{ rawValue: string }[]> {
        used.own += 1;
        if (kind === 'throws') throw new DOMException('The service is gone.', 'NotSupportedError');
        if (kind === 'rejects') return Promise.reject(new DOMException('The service is gone.', 'NotSupportedError'));
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        canvas.getContext('2d')!.drawImage(video, 0, 0);
        return (window as any).zbar(canvas.toDataURL()).then((text: string) => (text ? [{ rawValue: text }] : []));
      }
    };
  }, kind);
}

for (const [kind, title_, own] of [
  ['reads', 'the browser reads codes itself where it can', true],
  ['rejects', 'a reader of the browser that fails is replaced', false],
  ['throws', 'a reader of the browser that throws is replaced', false],
  ['reads no QR', 'a reader of the browser that knows no QR codes is left alone', false],
] as const) {
  test(title_, async ({ latchkey, playwright }) => {
    const [standIn, code] = [await StandIn.open(latchkey.url), onlineCode()];
    standIn.verdict = () => ({ decision: 'grant', reason: 'allowed', opening: 'open' });
    const { page, errors, close } = await seeing(playwright, code.text);
    await reader(page, kind);
    await pair(page, standIn.url);
    await expect(title(page)).toHaveText('Come in', { timeout: 20_000 });
    expect(Buffer.from(standIn.scans[0].code, 'base64').toString()).toBe(code.text);
    const used = await page.evaluate(() => (window as any).used as { own: number; wasm: number });
    if (own) {
      expect(used.own).toBeGreaterThan(0);
      expect(used.wasm).toBe(0);
    } else {
      expect(used.own).toBe(kind === 'reads no QR' ? 0 : 1);
      expect(used.wasm).toBeGreaterThan(0);
    }
    expect(errors).toEqual([]);
    await close();
    await standIn.stop();
  });
}

test('what a scanner types while another code is asked about comes next', async ({ page, latchkey, expected }) => {
  expected.push(...NO_NETWORK);
  const standIn = await StandIn.open(latchkey.url);
  await pair(page, standIn.url);
  await expect(page.locator('#line')).toHaveText('On line');
  let answer = () => {};
  const typed = new Promise<void>(done => { answer = done; });
  const [first, next] = [onlineCode(), onlineCode()];
  standIn.verdict = async ({ sequence }) => {
    if (sequence > 1) return { decision: 'grant', reason: 'allowed', opening: 'open' };
    await typed;
    return { decision: 'deny', reason: 'expired' };
  };
  await scan(page, first.text);
  await expect.poll(() => standIn.scans.length).toBe(1);
  await scan(page, next.text);
  answer();
  await expect(title(page)).toHaveText('Come in');
  const sent = standIn.scans.map(({ code }) => Buffer.from(code, 'base64').toString());
  expect(sent).toEqual([first.text, next.text]);
  await standIn.stop();
});
