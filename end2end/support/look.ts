// Looks at a page: no finding of axe, nothing wider than the screen, and a picture to look at.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';

export async function look(page: Page, folder: string, name: string) {
  await mkdir(`screenshots/${folder}`, { recursive: true });
  await page.screenshot({ path: `screenshots/${folder}/${name}.png`, fullPage: true, animations: 'disabled' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wide, `${folder}/${name} is wider than the screen`).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`));
  expect.soft(found, `${folder}/${name}`).toEqual([]);
}
