// A Latchkey of one's own: the real binary on a fresh data folder, with a database of its own and a mail server that listens.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { Mailbox } from './mailbox.ts';

export type Database = 'sqlite' | 'postgres';
export const PASSWORD = 'a calm lighthouse at noon';
export const EMAIL = 'maya@northwind.example';

const binary = () => {
  const path = process.env.LATCHKEY_BIN;
  if (!path) throw new Error('LATCHKEY_BIN names no binary; run these tests by `cargo xtask test browser`');
  return path;
};

export const freePort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

export class Latchkey {
  private process?: ChildProcess;
  output = '';
  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly mailbox: Mailbox,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly stored: Stored,
  ) {}

  /** What `latchkey demo` printed, where it was asked for. */
  demo?: { email: string; password: string; url: string };

  static async start(database: Database, { demo = false, host = '127.0.0.1', ...more }: { demo?: boolean; host?: string; [name: string]: unknown } = {}): Promise<Latchkey> {
    const [folder, port, mailbox] = await Promise.all([mkdtemp(join(tmpdir(), 'latchkey-')), freePort(), Mailbox.open()]);
    const stored = await makeDatabase(database, folder);
    const latchkey = new Latchkey(`http://${host}:${port}`, folder, mailbox, {
      PATH: process.env.PATH, LATCHKEY_DATA_DIR: folder, LATCHKEY_LISTEN: `127.0.0.1:${port}`, LATCHKEY_LOG: 'warn',
      LATCHKEY_DATABASE_URL: stored.url, LATCHKEY_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}?tls=none`,
      LATCHKEY_MAIL_FROM: 'door@northwind.example', ...(host !== '127.0.0.1' && { LATCHKEY_BASE_URL: `http://${host}:${port}` }), ...(more as NodeJS.ProcessEnv),
    }, stored);
    if (demo) [latchkey.demo] = await latchkey.cli('demo');
    await latchkey.serve();
    return latchkey;
  }

  async serve() {
    this.process = spawn(binary(), ['serve'], { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', part => (this.output += part));
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.process.exitCode !== null) throw new Error(`the server stopped:\n${this.output}`);
      if (await fetch(`${this.url}/readyz`).then(answer => answer.ok, () => false)) return;
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error(`the server does not answer:\n${this.output}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM') {
    const running = this.process;
    this.process = undefined;
    if (!running || running.exitCode !== null) return;
    const stopped = new Promise(done => running.once('exit', done));
    running.kill(signal);
    await stopped;
  }

  async end() {
    await this.stop();
    await this.mailbox.close();
    await this.stored.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Takes the database away, or lets it be read only, or gives it back; a Postgres can do that. */
  async database(how: Fate) {
    await this.stored.set(how);
    // The server finds out about each of its old connections by itself.
    for (let good = 0; how !== 'away' && good < 5;) good = await fetch(`${this.url}/readyz`).then(answer => answer.ok) ? good + 1 : 0;
  }

  /** The one-time address on the console. */
  setupAddress(): string {
    const found = /http:\S+\/setup\/\S+/.exec(this.output);
    if (!found) throw new Error(`no set-up address was printed:\n${this.output}`);
    return found[0];
  }

  /** Runs a command of the contract for scripts; each line of JSON it prints. */
  async cli(...words: string[]): Promise<any[]> {
    const child = promisify(execFile)(binary(), [...words, '--json'], { env: this.environment });
    if (words[0] === 'setup') child.child.stdin!.end(`${PASSWORD}\n`);
    const { stdout } = await child;
    return stdout.trim().split('\n').filter(Boolean).map(line => JSON.parse(line));
  }

  /** An organization with its owner, by the command line. */
  async setUp() {
    await this.cli('setup', '--organization', 'Northwind Studios', '--email', EMAIL, '--name', 'Maya Lindqvist', '--time-zone', 'Europe/Berlin', '--password-stdin');
  }
}

type Fate = 'away' | 'read-only' | 'back';
interface Stored {
  url: string;
  drop: () => Promise<void>;
  set: (how: Fate) => Promise<void>;
}

async function makeDatabase(database: Database, folder: string): Promise<Stored> {
  if (database === 'sqlite') {
    const set = async () => Promise.reject(new Error('a file cannot be taken away from whoever has it open'));
    return { url: `sqlite://${join(folder, 'latchkey.db')}`, drop: async () => {}, set };
  }
  const server = process.env.LATCHKEY_TEST_POSTGRES;
  if (!server) throw new Error('LATCHKEY_TEST_POSTGRES names no Postgres; run these tests by `cargo xtask test browser`');
  const name = `browser_${process.pid}_${Math.random().toString(36).slice(2)}`;
  const ask = async (sql: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await ask(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const set = async (how: Fate) => {
    await ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${how !== 'away'}`);
    await ask(`ALTER DATABASE ${name} SET default_transaction_read_only = ${how === 'read-only'}`);
    // What is open already knows nothing of it.
    await ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  };
  return { url: url.href, drop: () => ask(`DROP DATABASE ${name} WITH (FORCE)`), set };
}
