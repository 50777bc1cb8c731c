// Names as long as they may come, without a space to break at, on the narrowest screen and a wide one: nothing is wider than its page.
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '../support/fixtures.ts';
import { devices, look, withoutScript } from '../support/look.ts';

const LONG = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2).slice(0, 57);
/** Sixty signs, the last of them of several code points. */
const named = (what: string) => `${what}${LONG.slice(what.length)}🧑‍🚀🗝`;

const screens = { 'small-light': { width: 320, height: 640 }, 'desktop-light': devices.desktop.viewport };

async function lookTwice(page: Page, name: string) {
  for (const [folder, viewport] of Object.entries(screens)) {
    await page.setViewportSize(viewport);
    await look(page, folder, `long-${name}`);
  }
}

test('the longest names break and are whole, on every page that says them', async ({ page, context, latchkey, expected }) => {
  test.slow();
  expected.push(/status of 404/);
  await latchkey.setUp();
  await signIn(page, latchkey);
  await latchkey.cli('place', 'create', '--name', named('Place'), '--address', named('Street'));
  for (const door of ['Door', 'Gate']) {
    await latchkey.cli('door', 'create', '--place', named('Place'), '--name', named(door), '--description', named('Behind'));
  }
  await latchkey.cli('schedule', 'create', '--name', named('Schedule'));
  await latchkey.cli('group', 'create', '--name', named('Group'), '--door', named('Door'), '--schedule', named('Schedule'));
  await latchkey.cli('terminal', 'create', '--name', named('Terminal'), '--door', named('Door'));
  await latchkey.cli('admin', 'invite', '--name', named('Admin'), '--email', `${LONG}@${LONG}.example`, '--role', 'observer', '--no-mail');
  const [link] = await latchkey.cli('link', 'create', '--name', named('Ada'), '--email', `${LONG}@${LONG}.example`, '--host-name', named('Host'),
    '--host-contact', named('Contact'), '--company', named('Company'), '--note', named('Note'), '--external-id', LONG, '--door', named('Gate'), '--group', named('Group'), '--qr', 'online');
  const [[place], doors, [schedule], [group], [terminal]] = await Promise.all(
    ['place', 'door', 'schedule', 'group', 'terminal'].map(what => latchkey.cli(what, 'list')),
  );
  const [door, gate] = ['Door', 'Gate'].map(what => doors.find((one: { name: string }) => one.name === named(what)).id);

  const visitor = await context.newPage();
  await visitor.goto(link.url);
  await visitor.getByRole('button', { name: new RegExp(named('Gate')) }).click();
  await expect(visitor.getByRole('status').filter({ hasText: 'Open now' })).toBeVisible();
  await lookTwice(visitor, 'visit');
  await latchkey.cli('door', 'simulate', gate, 'refusing');
  const plain = await context.newPage();
  await withoutScript(plain);
  await plain.goto(`${latchkey.url}/visit/${link.id}/doors/${gate}`);
  await lookTwice(plain, 'visit-confirm');
  await plain.getByRole('button', { name: new RegExp(named('Gate')) }).click();
  await expect(plain.getByRole('status')).toContainText('Did not open');
  await lookTwice(plain, 'visit-result');

  const pages: Record<string, string> = {
    overview: '/', places: '/places', place: `/places/${place.id}`, 'place-lockdown': `/places/${place.id}/lockdown`, doors: '/doors', door: `/doors/${door}`,
    'door-remove': `/doors/${door}/remove`, 'could-it-open': `/doors/${door}/could-it-open?link=${link.id}&at=2031-01-05T12:00`, 'still-in': `/doors/${gate}/still-in`,
    schedules: '/schedules', schedule: `/schedules/${schedule.id}`, groups: '/groups', group: `/groups/${group.id}`, 'group-edit': `/groups/${group.id}/edit`,
    terminals: '/terminals', terminal: `/terminals/${terminal.id}`, links: '/links', link: `/links/${link.id}?show=1`, 'link-edit': `/links/${link.id}/edit`,
    'link-revoke': `/links/${link.id}/revoke`, 'links-act': '/links/act?scope=all&do=pause', badge: `/links/${link.id}/badge`, events: '/events', admins: '/admins', simulator: '/simulator',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${latchkey.url}${path}`);
    await lookTwice(page, name);
  }
  await latchkey.cli('place', 'lockdown', place.id, '--reason', named('Reason'));
  await page.goto(`${latchkey.url}/no/such/page`);
  await lookTwice(page, 'locked-down');
  await visitor.reload();
  await lookTwice(visitor, 'visit-lockdown');
});
