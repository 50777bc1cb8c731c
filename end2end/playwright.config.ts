import { defineConfig } from '@playwright/test';
import type { Options } from './support/fixtures.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const everywhere = [
  'walk', 'hours', 'messages', 'lists', 'admins', 'drivers', 'log', 'terminals', 'codes', 'notices', 'sharing', 'held',
].map(name => new RegExp(`/${name}\\.spec`));

// Every test again on the other database and with JavaScript off, unless its name says which it needs.
export default defineConfig<Options>({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: true,
  // One more than there are cores: tests wait for clocks and for each other, too.
  workers: 3,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
    locale: 'en-GB',
    trace: 'off',
    actionTimeout: 10_000,
  },
  projects: [
    { name: 'sqlite', use: { database: 'sqlite' }, testIgnore: /\/away\.spec/ },
    { name: 'postgres', use: { database: 'postgres' }, testMatch: [...everywhere, /visitor/, /web-terminal(-camera)?\.spec/, /\/away\.spec/] },
    { name: 'sqlite without script', use: { database: 'sqlite', javaScriptEnabled: false }, testMatch: everywhere },
    { name: 'postgres without script', use: { database: 'postgres', javaScriptEnabled: false }, testMatch: everywhere },
  ],
});
