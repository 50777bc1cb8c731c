// Looks at a page: no finding of axe, nothing wider than the screen, and a picture to look at.
import { expect, test, type CDPSession, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Its small edition: every page reads it anew, and takes half as long as over the one with all its comments. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a page is walked with; what it is seen as on the way is in `screens`. */
export const devices = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const;
export type Device = keyof typeof devices;

const screens = {
  desktop: { desktop: devices.desktop.viewport },
  phone: { phone: devices.phone.viewport, small: { width: 320, height: 640 } },
} as const;

/** Only colours differ between light and dark, and only room between a phone and a small one, which is looked at in light. */
const rules: Record<string, string[]> = {
  'desktop-dark': ['color-contrast'], 'phone-dark': ['color-contrast'],
  'small-light': ['scrollable-region-focusable', 'target-size'],
};

/** On every screen of a device, in light and dark. */
export async function lookAround(page: Page, device: Device, name: string) {
  for (const [screen, viewport] of Object.entries(screens[device])) {
    await page.setViewportSize(viewport);
    for (const colorScheme of screen === 'small' ? ['light'] as const : ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await look(page, `${screen}-${colorScheme}`, name);
    }
  }
  await page.setViewportSize(devices[device].viewport);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** A page looks the same from either database: it is looked at on SQLite, and on Postgres where only that can be taken away. */
const looksHere = () => test.info().project.name === 'sqlite' || test.info().file.endsWith('away.spec.ts');

export async function look(page: Page, folder: string, name: string) {
  if (!looksHere()) return;
  await mkdir(`screenshots/${folder}`, { recursive: true });
  await picture(page, `screenshots/${folder}/${name}.png`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wide, `${folder}/${name} is wider than the screen`).toBe(0);
  const violations = await withScript(page, () => violated(page, rules[folder]));
  const found = violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`));
  expect.soft(found, `${folder}/${name}`).toEqual([]);
}

const scriptless = new Map<Page, CDPSession>();

/** From here on a page shows what it is without script, until it is closed. */
export async function withoutScript(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setScriptExecutionDisabled', { value: true });
  scriptless.set(page, session);
  page.once('close', () => scriptless.delete(page));
}

/** Axe is a script, too. */
async function withScript<T>(page: Page, look: () => Promise<T>): Promise<T> {
  const session = scriptless.get(page);
  await session?.send('Emulation.setScriptExecutionDisabled', { value: false });
  try {
    return await look();
  } finally {
    await session?.send('Emulation.setScriptExecutionDisabled', { value: true });
  }
}

/** By axe itself rather than its package for Playwright, which reads axe anew for every picture: that took three times as long. */
async function violated(page: Page, only?: string[]) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  const options: axe.RunOptions = {
    resultTypes: ['violations'], iframes: false, rules: { 'target-size': { enabled: true } },
    ...only && { runOnly: { type: 'rule', values: only } },
  };
  // Of all that it reports only this leaves the page.
  return page.evaluate(async options => (await (window as unknown as { axe: typeof axe }).axe.run(options)).violations, options);
}

/** Chromium at times has nothing drawn to take just after a page took up another size. That says nothing of the page: it is asked again. */
async function picture(page: Page, path: string) {
  for (let again = 3; ; again--) {
    try {
      await page.screenshot({ path, fullPage: true, animations: 'disabled', scale: 'css' });
      return;
    } catch (error) {
      if (again === 0 || !String(error).includes('Unable to capture screenshot')) throw error;
    }
  }
}
