// Every page of second factors: an app, passkeys, codes for the day both are gone, and an organization that asks for them.
import type { Page } from '@playwright/test';
import { code, passkeys } from '../support/authenticator.ts';
import { expect, signIn, test } from '../support/fixtures.ts';
import { devices, lookAround } from '../support/look.ts';
import { Latchkey } from '../support/server.ts';

for (const device of ['desktop', 'phone'] as const) {
  const look = (page: Page, name: string) => lookAround(page, device, name);
  test.describe(device, () => {
    test.use(devices[device]);
    test.slow();

    test('every page of second factors', async ({ page, database, expected }) => {
      expected.push(/status of (404|422|429)/);
      // Browsers give passkeys to a name, not to an address of numbers.
      const latchkey = await Latchkey.start(database, { host: 'localhost', demo: true });
      const at = (path: string) => page.goto(`${latchkey.url}${path}`);
      const main = page.getByRole('main');
      const title = (words: string) => expect(page.getByRole('heading', { level: 1 })).toHaveText(words);
      try {
        await passkeys(page);
        await signIn(page, latchkey);
        await at('/account/passkeys/new');
        await expect(main.getByRole('button', { name: 'Add this passkey' })).toBeVisible();
        await look(page, 'passkey-new');
        await main.getByLabel('Name').fill('The blue security key on the ring with the cellar keys');
        await main.getByRole('button', { name: 'Add this passkey' }).click();
        await title('Recovery codes');
        await at('/account/totp');
        await main.getByLabel('The six digits it shows now').fill('123');
        await main.getByRole('button', { name: 'Switch it on' }).click();
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
        await look(page, 'account-totp-wrong');
        await main.getByLabel('The six digits it shows now').fill(code(await page.locator('#secret').innerText()));
        await main.getByRole('button', { name: 'Switch it on' }).click();
        for (const [name, path] of [['factors-both', '/account/second-factor'], ['account-totp-remove', '/account/totp/remove'], ['account-totp-again', '/account/totp'], ['recovery-codes-again', '/account/recovery-codes'], ['account-with-factors', '/account'], ['prove-by-all', '/account/prove']]) {
          await at(path!);
          await look(page, name!);
        }
        await main.getByLabel('Password').fill('not it');
        await main.getByRole('button', { name: 'Go on', exact: true }).click();
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
        await look(page, 'prove-wrong');
        await at('/account/second-factor');
        await main.getByRole('link', { name: /^Remove the passkey/ }).click();
        await expect(main.getByRole('button', { name: 'Remove passkey' })).toBeVisible();
        await look(page, 'passkey-remove');
        await at('/settings/security');
        await look(page, 'settings-security-ready');
        await main.getByRole('button', { name: 'Require a second factor' }).click();
        await expect(page.getByRole('status')).toContainText('From now on everybody needs a second factor.');
        await look(page, 'settings-security-required');

        await page.context().clearCookies();
        await at('/sign-in?out=1');
        await look(page, 'signed-out');
        await page.getByLabel('E-mail').fill(latchkey.demo!.email);
        await page.getByLabel('Password', { exact: true }).fill(latchkey.demo!.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await title('One more step');
        await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeVisible();
        await look(page, 'sign-in-passkey');
        for (let tries = 0; tries < 6; tries += 1) {
          await page.getByLabel('Code').fill('000000');
          await page.getByRole('button', { name: 'Go on' }).click();
          await expect(page.locator('[aria-invalid=true], [role=alert]').first()).toBeVisible();
          if (tries === 0) await look(page, 'sign-in-factor-wrong');
        }
        await expect(page.getByText(/Too many tries/)).toBeVisible();
        await look(page, 'sign-in-factor-throttled');

        // Whoever runs the server takes the factors off; the organization still asks for one.
        await latchkey.cli('admin', 'reset-factor', latchkey.demo!.email);
        await at('/sign-in');
        await page.getByLabel('E-mail').fill(latchkey.demo!.email);
        await page.getByLabel('Password', { exact: true }).fill(latchkey.demo!.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await title('Second factor');
        await look(page, 'enrol');
        for (const [name, path] of [['enrol-app', '/account/totp'], ['enrol-passkey', '/account/passkeys/new'], ['enrol-prove', '/account/prove'], ['error-404-enrol', '/no/such/page']]) {
          await at(path!);
          await look(page, name!);
        }
      } finally {
        await latchkey.end();
      }
    });
  });
}
