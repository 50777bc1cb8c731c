// Admins among themselves: invited by mail, given roles, asked for more than a password, and let go.
import type { Page } from '@playwright/test';
import { code } from '../support/authenticator.ts';
import { expect, signIn, test, watch } from '../support/fixtures.ts';
import { EMAIL, Latchkey, PASSWORD } from '../support/server.ts';

const JONAS = 'jonas@weber.example';
const HIS = 'three herons over reeds';

async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible();
}

/** The first step; the second is up to whoever calls. */
async function password(page: Page, url: string, email: string, password: string) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'One more step' })).toBeVisible();
}

const overview = (page: Page) => expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

test('an owner invites a colleague, changes their role, and lets them go', async ({ page, latchkey, browser, javaScriptEnabled, expected }) => {
  expected.push(/status of 410/);
  const main = page.getByRole('main');
  await latchkey.setUp();
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/admins`);
  await main.getByRole('link', { name: 'Invite an admin' }).click();
  await main.getByLabel('Name').fill('Jonas Weber');
  await main.getByLabel('E-mail').fill(JONAS);
  await main.getByRole('radio', { name: 'Access manager' }).check();
  await main.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('status')).toContainText('Jonas Weber is invited.');

  const mail = await latchkey.mailbox.to(JONAS);
  expect(mail.subject).toContain('Northwind Studios');
  const address = /http:\S+\/invitation\/[\w-]+/.exec(mail.text ?? '')![0];
  expect(mail.html).toContain(address);

  const his = await browser.newContext({ javaScriptEnabled, locale: 'en-GB' });
  const jonas = await his.newPage();
  const complaints = watch(jonas);
  const there = jonas.getByRole('main');
  await jonas.goto(address);
  await expect(there.getByLabel('Your name')).toHaveValue('Jonas Weber');
  await there.getByLabel(/^Password(?! again)/).fill(HIS);
  await there.getByLabel('Password again').fill(HIS);
  await there.getByRole('button', { name: 'Join' }).click();
  await overview(jonas);
  await expect(jonas.getByText('Northwind Studios · Access manager')).toBeVisible();
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This invitation was used');

  // What an access manager may, and no more.
  await jonas.goto(`${latchkey.url}/links/new`);
  await expect(jonas.getByRole('heading', { level: 1 })).toHaveText('New access link');
  await jonas.goto(`${latchkey.url}/admins`);
  await expect(there.getByText('Maya Lindqvist')).toBeVisible();
  await expect(there.getByRole('link', { name: 'Invite an admin' })).toHaveCount(0);
  await jonas.goto(`${latchkey.url}/settings/security`);
  await expect(jonas.getByRole('heading', { level: 1 })).toHaveText('Not allowed');

  await page.goto(`${latchkey.url}/admins`);
  await main.getByRole('link', { name: 'Jonas Weber' }).click();
  await main.getByRole('radio', { name: 'Observer' }).check();
  await main.getByRole('button', { name: 'Change role' }).click();
  await expect(page.getByRole('status')).toContainText('Jonas Weber is observer from now on.');
  await jonas.goto(`${latchkey.url}/links/new`);
  await expect(jonas.getByRole('heading', { level: 1 })).toHaveText('Not allowed');

  // His second factor: an app, set up with one code and used with the next.
  await jonas.goto(`${latchkey.url}/account`);
  await there.getByRole('link', { name: 'Set up a second factor' }).click();
  await there.getByRole('link', { name: 'Set up an app' }).click();
  const secret = await jonas.locator('#secret').innerText();
  await there.getByLabel('The six digits it shows now').fill(code(secret));
  await there.getByRole('button', { name: 'Switch it on' }).click();
  await expect(jonas.getByRole('heading', { level: 1 })).toHaveText('Recovery codes');
  const recovery = await there.locator('.codes li').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await there.getByRole('link', { name: 'I have them' }).click();
  await expect(there.getByText('10 left')).toBeVisible();

  await signOut(jonas);
  await password(jonas, latchkey.url, JONAS, HIS);
  const used = code(secret, 1);
  await jonas.getByLabel('Code').fill(used);
  await jonas.getByRole('button', { name: 'Go on' }).click();
  await overview(jonas);
  await signOut(jonas);
  await password(jonas, latchkey.url, JONAS, HIS);
  await jonas.getByLabel('Code').fill(used);
  await jonas.getByRole('button', { name: 'Go on' }).click();
  await expect(jonas.getByText('This code is not right, or it was used already.')).toBeVisible();
  await jonas.getByLabel('Code').fill(recovery[0].toUpperCase());
  await jonas.getByRole('button', { name: 'Go on' }).click();
  await overview(jonas);

  await page.goto(`${latchkey.url}/admins`);
  await expect(main.getByText('Second factor', { exact: true })).toHaveCount(1);
  await main.getByRole('link', { name: 'Jonas Weber' }).click();
  await main.getByRole('link', { name: 'Remove' }).click();
  await expect(main.getByText('1 session ends')).toBeVisible();
  await main.getByRole('button', { name: 'Remove admin' }).click();
  await expect(page.getByRole('status')).toContainText('Jonas Weber is removed and signed out everywhere.');
  await jonas.goto(`${latchkey.url}/links`);
  await expect(jonas.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  expect(complaints.filter(one => !/status of (403|422)|ERR_INCOMPLETE_CHUNKED|401/.test(one))).toEqual([]);
  await his.close();

  const actions = (await latchkey.cli('event', 'list')).map(event => event.action);
  for (const action of ['admin.invited', 'admin.joined', 'admin.role_changed', 'factor.added', 'recovery_codes.made', 'admin.removed']) {
    expect(actions.filter(one => one === action), action).toHaveLength(1);
  }
  expect((await latchkey.cli('admin', 'list')).map(admin => admin.email)).toEqual([EMAIL]);
  expect((await latchkey.cli('audit', 'verify'))[0]).toMatchObject({ state: 'intact' });
});

test('a passkey signs in, proves who one is, and goes', async ({ page, database, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'a passkey needs script');
  // Browsers give passkeys to a name, not to an address of numbers.
  const latchkey = await Latchkey.start(database, { host: 'localhost' });
  try {
    await latchkey.setUp();
    const authenticator = await page.context().newCDPSession(page);
    await authenticator.send('WebAuthn.enable');
    await authenticator.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const main = page.getByRole('main');
    await signIn(page, latchkey);
    await page.goto(`${latchkey.url}/account/second-factor`);
    await main.getByRole('link', { name: 'Add a passkey' }).click();
    await main.getByLabel('Name').fill('Laptop');
    await main.getByRole('button', { name: 'Add this passkey' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recovery codes');
    await main.getByRole('link', { name: 'I have them' }).click();
    await expect(main.getByText('Laptop')).toBeVisible();

    await signOut(page);
    await password(page, latchkey.url, EMAIL, PASSWORD);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await overview(page);

    await page.goto(`${latchkey.url}/account/prove?next=/account/second-factor`);
    await main.getByRole('button', { name: 'Go on with a passkey' }).click();
    await expect(page.getByRole('status').first()).toContainText('You are not asked again for ten minutes.');
    await expect(main.getByText('never used yet')).toHaveCount(0);
    const used = (await latchkey.cli('event', 'list', '--action', 'admin.sign_in')).length;
    expect(used).toBe(2);
    expect((await latchkey.cli('admin', 'list'))[0].second_factor).toBe(true);

    await main.getByRole('link', { name: 'Remove the passkey Laptop' }).click();
    await expect(main.getByText('It is your last second factor')).toBeVisible();
    await main.getByRole('button', { name: 'Remove passkey' }).click();
    await expect(page.getByRole('status').first()).toContainText('The passkey Laptop is removed.');
    await signOut(page);
    await signIn(page, latchkey);
  } finally {
    await latchkey.end();
  }
});

test('a required second factor comes before everything else', async ({ page, latchkey }) => {
  const main = page.getByRole('main');
  await latchkey.setUp();
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/settings/security`);
  await expect(main.getByText('You have none yourself yet.')).toBeVisible();
  await main.getByRole('link', { name: 'Set one up' }).click();
  await main.getByRole('link', { name: 'Set up an app' }).click();
  const secret = await page.locator('#secret').innerText();
  await main.getByLabel('The six digits it shows now').fill(code(secret));
  await main.getByRole('button', { name: 'Switch it on' }).click();
  await page.goto(`${latchkey.url}/settings/security`);
  await main.getByRole('button', { name: 'Require a second factor' }).click();
  await expect(page.getByRole('status')).toContainText('From now on everybody needs a second factor.');

  // Without it, by the operator's hand, the next click leads to the one page that is left.
  await latchkey.cli('admin', 'reset-factor', EMAIL);
  await page.goto(`${latchkey.url}/links`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Second factor');
  await expect(main).toContainText('Your organization asks everybody for a second factor.');
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await main.getByRole('link', { name: 'Set up an app' }).click();
  await main.getByLabel('The six digits it shows now').fill(code(await page.locator('#secret').innerText()));
  await main.getByRole('button', { name: 'Switch it on' }).click();
  await page.goto(`${latchkey.url}/links`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Access links');
});
