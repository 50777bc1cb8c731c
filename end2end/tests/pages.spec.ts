// Every page, in light and dark, on a desk and in a hand: no finding of axe, nothing wider than the screen, and a picture to look at.
import type { Page } from '@playwright/test';
import { code } from '../support/authenticator.ts';
import { expect, signIn, test } from '../support/fixtures.ts';
import { devices, lookAround } from '../support/look.ts';
import { Latchkey } from '../support/server.ts';

for (const device of ['desktop', 'phone'] as const) {
  const look = (page: Page, name: string) => lookAround(page, device, name);
  test.describe(device, () => {
    test.use({ ...devices[device], demo: true });
    test.slow();

    test('every page of the dashboard', async ({ page, latchkey, expected }) => {
      expected.push(/status of (404|422|403)/);
      const at = (path: string) => page.goto(`${latchkey.url}${path}`);
      await at('/sign-in');
      await look(page, 'sign-in');
      await page.getByLabel('E-mail').fill('nobody@northwind.example');
      await page.getByLabel('Password', { exact: true }).fill('not the right one at all');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await look(page, 'sign-in-wrong');
      await signIn(page, latchkey);

      const [links, doors, places, events] = await Promise.all(
        ['link', 'door', 'place', 'event'].map(what => latchkey.cli(what, 'list')),
      );
      const states = ['active', 'scheduled', 'paused', 'used_up', 'expired', 'revoked'];
      const active = links.find(link => link.state === 'active').id;
      const [event] = events.filter(event => event.outcome === 'denied');
      const pages: Record<string, string> = {
        overview: '/', places: '/places', 'place-new': '/places/new', place: `/places/${places[0].id}`,
        'place-edit': `/places/${places[0].id}/edit`, 'place-remove': `/places/${places[0].id}/remove`,
        doors: '/doors', 'door-new': '/doors/new', door: `/doors/${doors[0].id}`, 'door-edit': `/doors/${doors[0].id}/edit`,
        'door-remove': `/doors/${doors[0].id}/remove`, links: '/links', 'links-none': '/links?q=nobody+at+all', 'links-narrowed': '/links?q=e&state=active&sort=name&host=jonas',
        'links-act': '/links/act?scope=all&do=revoke&q=keller', 'links-act-pause': '/links/act?scope=all&do=pause&q=keller', 'links-extend': '/links/act?scope=all&do=extend', 'links-import': '/links/import',
        'link-duplicate': `/links/${active}/duplicate`,
        'link-new': '/links/new', 'link-edit': `/links/${active}/edit`, 'link-revoke': `/links/${active}/revoke`,
        'link-shown': `/links/${active}?show=1`, events: '/events', 'events-none': '/events?since=2031-01-01', 'events-unknown': '/events?q=xyzzy',
        'events-filtered': '/events?q=front&outcome=denied', 'events-live': '/events?live=1', 'link-erase': `/links/${active}/erase`,
        retention: '/settings/retention', event: `/events/${event.id}`,
        'event-done': `/events/${events.find(event => event.outcome === 'done').id}`,
        deliveries: '/deliveries', settings: '/settings', 'settings-general': '/settings/general',
        'settings-messages': '/settings/messages', 'settings-preview': '/settings/messages/preview?language=de',
        'settings-looks': '/settings/looks', 'settings-delivery': '/settings/delivery', simulator: '/simulator', account: '/account', missing: '/links/link_nothing',
      };
      const admins = await latchkey.cli('admin', 'list');
      const jonas = admins.find(admin => admin.role === 'administrator').id;
      Object.assign(pages, {
        admins: '/admins', 'admin-invite': '/admins/invite', admin: `/admins/${jonas}`, 'admin-remove': `/admins/${jonas}/remove`,
        'settings-security': '/settings/security', 'account-address': '/account/address', 'account-second-factor': '/account/second-factor',
        'account-totp': '/account/totp', 'account-passkey': '/account/passkeys/new', 'account-prove': '/account/prove',
      });
      for (const state of states) {
        pages[`link-${state}`] = `/links/${links.find(link => link.state === state).id}`;
      }
      const terminals = await latchkey.cli('terminal', 'list');
      const named = (name: string) => terminals.find(terminal => terminal.name === name).id;
      Object.assign(pages, {
        terminals: '/terminals', 'terminal-new': '/terminals/new', terminal: `/terminals/${named('Front door tablet')}`,
        'terminal-silent': `/terminals/${named('Yard gate reader')}`, 'terminal-clock': `/terminals/${named('Workshop phone')}`,
        'terminal-revoked': `/terminals/${named('Front door tablet, the old one')}`, 'terminal-unpaired': `/terminals/${named('Paint store tablet')}`,
        'terminal-edit': `/terminals/${named('Workshop phone')}/edit`, 'terminal-revoke': `/terminals/${named('Yard gate reader')}/revoke`,
        'terminal-remove': `/terminals/${named('Yard gate reader')}/remove`, 'terminal-code-over': `/terminals/${named('Paint store tablet')}/code`,
        'still-in': `/doors/${doors.find(door => door.name === 'Parking gate').id}/still-in`,
      });
      pages['door-locked-down'] = `/doors/${doors.find(door => door.locked_down_at).id}`;
      for (const [name, path] of Object.entries(pages)) {
        await at(path);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        if (['overview', 'simulator', 'link-shown', 'events-live'].includes(name)) await page.waitForTimeout(400);
        await look(page, name);
      }
      const ready = doors.find(door => !door.locked_down_at).id;
      await at(`/doors/${ready}`);
      await page.getByRole('main').getByText('Test', { exact: true }).click();
      await look(page, 'door-test');
      await at(`/doors/${ready}/edit`);
      for (const [kind, more] of [['http', 'Success, signature, certificate'], ['mqtt', 'Delivery, availability, certificate']] as const) {
        await page.getByLabel('Driver').selectOption(kind);
        await page.getByText(more).click();
        await look(page, `door-edit-${kind}`);
      }
      await page.getByLabel('Driver').selectOption('terminal');
      await look(page, 'door-edit-terminal');
      await page.getByLabel('Driver').selectOption('mqtt');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
      await look(page, 'door-edit-wrong');
      await at(`/terminals/${named('Paint store tablet')}`);
      await page.getByRole('button', { name: 'New pairing code' }).click();
      await expect(page.getByLabel(/^Pairing code/)).toBeVisible();
      await look(page, 'terminal-code');
      await at('/links/new');
      await page.getByRole('main').getByLabel(/^Until/).fill('2020-01-01T10:00');
      await page.getByRole('main').getByLabel(/^Name/).fill('🗝'.repeat(3) + 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2));
      await page.getByRole('button', { name: 'Make link' }).click();
      await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
      await look(page, 'link-new-wrong');
      await at('/links/import');
      const rows = ['name;email;doors;valid_until;external_id', 'Ada Keller;ada@keller.example;Front door;;', 'Jörg;at home;Back door;soon;', 'Bo Li;;Studio 3|Front door;;BK-7'];
      await page.getByLabel('File').setInputFiles({ name: 'visitors.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
      await page.getByRole('button', { name: 'Look at it first' }).click();
      await look(page, 'links-import-preview');
      await at('/links/new');
      await page.getByRole('main').getByLabel(/^Name/).fill('Ada');
      await page.getByRole('main').getByLabel(/^E-mail/).fill('ada@keller.example');
      await page.getByRole('main').getByRole('checkbox', { name: 'Front door', exact: true }).check();
      await page.getByRole('button', { name: 'Make link' }).click();
      await look(page, 'link-new-same');

      const [invited] = await latchkey.cli('admin', 'invite', '--name', 'Noor Aziz', '--email', 'noor@northwind.example', '--role', 'observer', '--no-mail');
      await page.goto(invited.url);
      await look(page, 'invitation');
      await at('/account/totp');
      await page.getByLabel('The six digits it shows now').fill(code(await page.locator('#secret').innerText()));
      await page.getByRole('button', { name: 'Switch it on' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recovery codes');
      await look(page, 'account-codes');
      await at('/account/second-factor');
      await look(page, 'account-second-factor-on');
      await page.context().clearCookies();
      await at('/sign-in');
      await page.getByLabel('E-mail').fill(latchkey.demo!.email);
      await page.getByLabel('Password', { exact: true }).fill(latchkey.demo!.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('One more step');
      await look(page, 'sign-in-factor');
    });

    test('what forms say to what was typed, and pages to what was done', async ({ page, latchkey, expected }) => {
      expected.push(/status of 422/);
      await signIn(page, latchkey);
      const main = page.getByRole('main');
      const [[place], [schedule], admins] = await Promise.all(['place', 'schedule', 'admin'].map(what => latchkey.cli(what, 'list')));
      // A blank passes the browser and not the server.
      const wrong: [name: string, path: string, fields: Record<string, string>, button: string][] = [
        ['place', `/places/${place.id}/edit`, { Name: ' ', Latitude: '52.5' }, 'Save'], ['group', '/groups/new', { Name: ' ' }, 'Make group'],
        ['schedule', `/schedules/${schedule.id}/edit`, { Name: ' ' }, 'Save'], ['lockdown', `/places/${place.id}/lockdown`, { Why: ' ' }, 'Lock down now'],
        ['colour', '/settings/looks', { 'Colour of buttons': 'teal' }, 'Save the colour'], ['address', '/account/address', { 'New e-mail address': admins.find(admin => admin.role === 'administrator').email }, 'Change address'],
        ['account', '/account', { 'Present password': 'wrong', 'New password': 'short', 'New password again': 'shorter' }, 'Change password'],
      ];
      for (const [name, path, fields, button] of wrong) {
        await page.goto(`${latchkey.url}${path}`);
        for (const [label, value] of Object.entries(fields)) await main.getByLabel(new RegExp(`^${label}(?! again)|^${label}$`)).fill(value);
        await main.getByRole('button', { name: button }).click();
        await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
        await look(page, `${name}-wrong`);
      }
      await page.goto(`${latchkey.url}/settings/retention`);
      await main.getByLabel('Keep events for, days').fill('1');
      await main.getByLabel('Keep people for, days').fill('1');
      await main.getByRole('button', { name: 'Save' }).click();
      await expect(main.getByRole('button', { name: /destroy/ })).toBeVisible();
      await look(page, 'retention-shorter');
      await page.goto(`${latchkey.url}/links/import`);
      await page.getByLabel('File').setInputFiles({ name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from('what;when\nnothing;never') });
      await main.getByRole('button', { name: 'Look at it first' }).click();
      await look(page, 'links-import-wrong');
      await page.getByLabel('File').setInputFiles({ name: 'visitors.csv', mimeType: 'text/csv', buffer: Buffer.from('name;doors\nAda;Front door\nBo;Studio 3') });
      await main.getByRole('button', { name: 'Look at it first' }).click();
      await main.getByRole('button', { name: 'Make 2 links' }).click();
      await expect(page.getByRole('status').first()).toBeVisible();
      await look(page, 'links-import-done');
      const [made] = await latchkey.cli('link', 'create', '--name', 'Grace Hopper', '--email', 'grace@hopper.example', '--door', 'Front door');
      await page.goto(`${latchkey.url}/links/${made.id}`);
      await main.getByRole('button', { name: 'Pause' }).click();
      await expect(page.getByRole('status').first()).toContainText('paused');
      await look(page, 'link-paused-just-now');
      // It would go on to WhatsApp at once.
      await page.route(/^https:.*(whatsapp|wa\.me)/, route => route.fulfill({ status: 204 }));
      await main.getByRole('button', { name: 'WhatsApp' }).click();
      await expect(main.getByRole('link', { name: 'Open WhatsApp' })).toBeVisible();
      await look(page, 'link-whatsapp');
      await page.goto(`${latchkey.url}/codes/inspect`);
      await main.getByLabel('What the code says').fill('LK1N0000');
      await main.getByRole('button', { name: 'Read it' }).click();
      await look(page, 'code-inspect-no');
      await latchkey.cli('place', 'create', '--name', 'An empty yard');
      const empty = (await latchkey.cli('place', 'list')).find(place => place.name === 'An empty yard').id;
      const gone = admins.find(admin => admin.role === 'access_manager');
      await latchkey.cli('admin', 'remove', gone.id);
      for (const [name, path] of [['place-empty', `/places/${empty}`], ['place-empty-remove', `/places/${empty}/remove`], ['admins-left', '/admins'], ['admin-erase', `/admins/${gone.id}/erase`]]) {
        await page.goto(`${latchkey.url}${path}`);
        await look(page, name!);
      }
    });

    test('groups, hours and a lockdown', async ({ page, latchkey }) => {
      await signIn(page, latchkey);
      const [schedules, groups, links, doors, places] = await Promise.all(
        ['schedule', 'group', 'link', 'door', 'place'].map(what => latchkey.cli(what, 'list')),
      );
      const office = schedules.find(schedule => schedule.name === 'Office hours').id;
      const cleaning = groups.find(group => group.name === 'Cleaning').id;
      const hourly = links.find(link => link.groups.includes(cleaning)).id;
      const workshop = doors.find(door => door.name === 'Workshop').id;
      const pages: Record<string, string> = {
        schedules: '/schedules', 'schedule-new': '/schedules/new', schedule: `/schedules/${office}`, 'schedule-edit': `/schedules/${office}/edit`,
        'schedule-remove': `/schedules/${office}/remove`, 'schedule-holidays': `/schedules/${office}/holidays`,
        groups: '/groups', 'group-new': '/groups/new', group: `/groups/${cleaning}`, 'group-edit': `/groups/${cleaning}/edit`, 'group-remove': `/groups/${cleaning}/remove`,
        'link-with-hours': `/links/${hourly}`, 'link-with-hours-edit': `/links/${hourly}/edit`, 'door-with-hours': `/doors/${workshop}`,
        'could-it-open': `/doors/${workshop}/could-it-open`, 'could-it-open-no': `/doors/${workshop}/could-it-open?link=${hourly}&at=2031-01-05T12:00`,
        'place-lockdown': `/places/${places[0].id}/lockdown`,
      };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${latchkey.url}${path}`);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        if (name === 'schedule' || name === 'link-with-hours') await page.getByText('As a table').click();
        await look(page, name);
      }
      await page.goto(`${latchkey.url}/schedules/${office}/holidays`);
      const calendar = ['20311224', '20311225', '20311226'].map(date =>
        `BEGIN:VEVENT\r\nSUMMARY:Holiday of ${date}\r\nDTSTART;VALUE=DATE:${date}\r\nEND:VEVENT\r\n`).join('');
      const party = 'BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20311231T200000\r\nEND:VEVENT\r\n';
      await page.getByLabel(/^Calendar file/).setInputFiles({
        name: 'holidays.ics', mimeType: 'text/calendar', buffer: Buffer.from(`BEGIN:VCALENDAR\r\n${calendar}${party}END:VCALENDAR\r\n`),
      });
      await page.getByRole('button', { name: 'Look at it' }).click();
      await expect(page.getByRole('button', { name: 'Close 3 days' })).toBeVisible();
      await look(page, 'schedule-holidays-preview');
      await latchkey.cli('place', 'lockdown', places[0].id, '--reason', 'Gas alarm in the basement, the fire brigade is on its way', '--lift-role', 'owner');
      for (const [name, path] of [['overview-locked-down', '/'], ['place-locked-down', `/places/${places[0].id}`]]) {
        await page.goto(`${latchkey.url}${path}`);
        await look(page, name!);
      }
      await latchkey.cli('schedule', 'create', '--name', 'Never');
      await latchkey.cli('door', 'create', '--name', 'Vault', '--place', places[1].id, '--schedule', 'Never');
      await latchkey.cli('door', 'create', '--name', 'Court', '--place', places[1].id, '--schedule', 'Office hours');
      const [made] = await latchkey.cli('link', 'create', '--name', 'Grace', '--door', 'Vault', '--door', 'Court', '--door', 'Front door', '--open', 'sun=03:00-03:01');
      await page.goto(made.url);
      await look(page, 'visitor-outside-hours');
    });

    test('codes of links', async ({ page, latchkey }) => {
      await signIn(page, latchkey);
      const links = await latchkey.cli('link', 'list');
      const of = (kind: string) => links.find(link => link.qr === kind).id;
      const pages: Record<string, string> = {
        'code-inspect': '/codes/inspect', 'link-code': `/links/${of('offline')}?code=1`, 'link-code-by-code': `/links/${of('online')}`,
        'link-code-rotating': `/links/${of('rotating')}`, 'link-code-edit': `/links/${of('offline')}/edit`,
        'link-badge': `/links/${of('offline')}/badge`, 'link-badge-card': `/links/${of('offline')}/badge?size=card`,
      };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${latchkey.url}${path}`);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await look(page, name);
      }
      if (device === 'desktop') {
        await page.goto(`${latchkey.url}/links/${of('offline')}/badge`);
        await page.pdf({ path: `screenshots/desktop-light/link-badge.pdf`, preferCSSPageSize: true });
      }
      const file = `${latchkey.folder}/code.png`;
      await latchkey.cli('qr', 'picture', of('offline'), '--png', file);
      await page.goto(`${latchkey.url}/codes/inspect`);
      await page.getByLabel('Or a picture of it').setInputFiles(file);
      await page.getByLabel('At which door').selectOption({ label: 'Front door, Lindenstraße 14' });
      await page.getByRole('button', { name: 'Read it' }).click();
      await expect(page.getByRole('status')).toContainText('would open');
      await look(page, 'code-inspect-yes');
      for (const [kind, language] of [['offline', 'en'], ['rotating', 'de'], ['online', 'en']]) {
        const [shown] = await latchkey.cli('link', 'show', of(kind!));
        await page.goto(shown.url);
        await page.goto(`${page.url()}?lang=${language}`);
        await page.waitForTimeout(300);
        await look(page, `visitor-code-${kind}`);
      }
    });

    test('every page before the first link', async ({ page, database, expected }) => {
      expected.push(/status of 422/);
      const latchkey = await Latchkey.start(database);
      try {
        await page.goto(latchkey.setupAddress());
        await look(page, 'setup');
        for (const [label, value] of Object.entries({ Name: 'Northwind', 'Your name': 'Maya', 'E-mail': 'maya@northwind.example', Password: 'short', 'Password again': 'other' })) {
          await page.getByLabel(label, { exact: true }).fill(value);
        }
        await page.getByRole('button', { name: 'Set Latchkey up' }).click();
        await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
        await look(page, 'setup-wrong');
        await latchkey.setUp();
        await signIn(page, latchkey);
        for (const name of ['', 'links', 'doors', 'places', 'groups', 'schedules', 'terminals', 'events', 'deliveries', 'simulator', 'links/new']) {
          await page.goto(`${latchkey.url}/${name}`);
          await look(page, `empty-${name.replace('/', '-') || 'overview'}`);
        }
      } finally {
        await latchkey.end();
      }
    });
  });
}
