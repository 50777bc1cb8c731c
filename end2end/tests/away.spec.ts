// While the database is away, or takes nothing: every page says that nothing was done, to visitors in their words, and all is well afterwards.
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import { devices, look, lookAround, withoutScript } from '../support/look.ts';

test('while the database takes nothing or is away, each page says so', async ({ browser, latchkey }) => {
  test.slow();
  await latchkey.setUp();
  await latchkey.cli('place', 'create', '--name', 'Lindenstraße 14');
  await latchkey.cli('door', 'create', '--place', 'Lindenstraße 14', '--name', 'Front door');
  const [door] = await latchkey.cli('door', 'list');
  const [link] = await latchkey.cli('link', 'create', '--name', 'Ada Keller', '--host-name', 'Jonas Weber', '--host-contact', '+49 30 555 0117', '--door', 'Front door');
  const title = (page: Page) => page.getByRole('heading', { level: 1 });
  const each = async (action: (device: 'desktop' | 'phone' | 'phone-deutsch', pages: { admin: Page; visitor: Page; plain: Page }) => Promise<unknown>) =>
    Promise.all(everybody.map(one => action(one.device, one)));
  const everybody = await Promise.all((['desktop', 'phone', 'phone-deutsch'] as const).map(async device => {
    const german = device === 'phone-deutsch';
    const context = await browser.newContext({ ...devices[german ? 'phone' : device], locale: german ? 'de-DE' : 'en-GB' });
    const [admin, visitor, plain] = [await context.newPage(), await context.newPage(), await context.newPage()];
    await withoutScript(plain);
    return { device, admin, visitor, plain };
  }));
  const picture = (page: Page, device: 'desktop' | 'phone' | 'phone-deutsch', name: string) =>
    device === 'phone-deutsch' ? look(page, device, name) : lookAround(page, device, name);

  for (const { admin, visitor } of everybody) {
    await signIn(admin, latchkey);
    await admin.goto(`${latchkey.url}/places/new`);
    await visitor.goto(link.url);
  }
  const confirm = `${latchkey.url}/visit/${link.id}/doors/${door.id}`;
  await each((_, { plain }) => plain.goto(confirm));

  await latchkey.database('read-only');
  for (const { device, admin, plain, visitor } of everybody) {
    await admin.getByLabel('Name').fill('Yard');
    await admin.getByRole('button', { name: /place/i }).click();
    await expect(title(admin)).toHaveText('Not available just now');
    await expect(admin.getByRole('navigation')).toBeVisible();
    if (device !== 'phone-deutsch') await picture(admin, device, 'error-503');
    await plain.getByRole('button', { name: /Front door/ }).click();
    await expect(title(plain)).toHaveText(/One moment|Einen Moment/);
    await picture(plain, device, 'visit-busy');
    await visitor.getByRole('button', { name: /Front door/ }).click();
    await expect(visitor.getByRole('status').filter({ hasText: /One moment|Einen Moment/ })).toBeVisible();
    await picture(visitor, device, 'visit-busy-press');
  }
  await latchkey.database('away');
  await each(async (_, { admin, visitor, plain }) => {
    await Promise.all([admin.goto(`${latchkey.url}/links`), visitor.goto(`${latchkey.url}/visit/${link.id}`), plain.goto(link.url)]);
    await expect(title(admin)).toHaveText('Not available just now');
    await expect(admin.getByRole('navigation')).toHaveCount(0);
    await expect(admin.getByText('This could not be read just now.')).toBeVisible();
    for (const page of [visitor, plain]) await expect(title(page)).toHaveText(/One moment|Einen Moment/);
  });
  for (const { device, admin, visitor } of everybody) {
    if (device !== 'phone-deutsch') await picture(admin, device, 'error-503-away');
    await picture(visitor, device, 'visit-away');
  }
  await latchkey.database('back');
  await each(async (_, { admin, visitor }) => {
    await expect(async () => {
      await admin.goto(`${latchkey.url}/links`);
      await expect(title(admin)).toHaveText('Access links', { timeout: 1_000 });
    }).toPass();
    await visitor.getByRole('link', { name: /Try again|Noch einmal/ }).click();
    await visitor.getByRole('button', { name: /Front door/ }).click();
    await expect(visitor.getByRole('status').filter({ hasText: /Open now|Jetzt offen/ })).toBeVisible();
  });
});
