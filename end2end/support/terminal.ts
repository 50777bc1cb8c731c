// The server's half of the terminal protocol as a test wants it, in front of a real Latchkey whose pages it passes on.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const BASE = '/api/terminal/v1/';

/** What the terminal is told about a scan. */
export interface Verdict {
  decision: 'grant' | 'deny';
  reason: string;
  opening?: string;
}

const publicKey = (key: KeyObject) => key.export({ format: 'jwk' }).x!;

export class StandIn {
  readonly scans: any[] = [];
  readonly beats: any[] = [];
  readonly journal: any[] = [];
  readonly audience = Buffer.from('0a0b0c0d', 'hex');
  readonly codeKey = generateKeyPairSync('ed25519');
  /** What each scan is answered; may take its time. */
  verdict: (scan: any) => Verdict | Promise<Verdict> = () => ({ decision: 'deny', reason: 'qr_unknown' });
  pairing = 'ABCDEFGH';
  revoked = false;
  /** How far the server's clock is from ours. */
  ahead = 0;
  /** Members of the list that differ from an empty one. */
  codes: Record<string, { f: number; u?: number; s: number[]; h?: string; o?: boolean }> = {};
  blocked: Record<string, string[]> = {};
  maxAge = 36 * 3_600_000;
  door = { id: 'door_1', name: 'Front door' };
  private readonly listKey = generateKeyPairSync('ed25519');
  private version = Date.now();
  private server?: Server;
  private port = 0;
  private constructor(private readonly behind: string) {}

  static async open(behind: string): Promise<StandIn> {
    const standIn = new StandIn(behind);
    await standIn.start();
    return standIn;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start() {
    this.server = createServer((request, answer) => void this.take(request, answer).catch(() => answer.destroy()));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as { port: number }).port;
  }

  /** No network: nothing listens any more. */
  async stop() {
    if (!this.server?.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** There is a newer list. */
  renew() {
    this.version = Math.max(this.version + 1, Date.now());
  }

  private now() {
    return Date.now() + this.ahead;
  }

  private list() {
    const list = JSON.stringify({
      audience: this.audience.toString('hex'),
      door: {
        id: this.door.id, scope: 1, groups: {}, hours: null, accepts_digital: true, locked_down: false, place_locked_down: false,
        unlock_ms: 5000, max_age_ms: this.maxAge,
      },
      keys: [{ id: 1, public: publicKey(this.codeKey.publicKey) }],
      hours: {}, codes: this.codes, blocked: this.blocked,
    });
    const manifest = {
      aud: 'terminal_1', version: this.version, made_at: this.now(), expires_at: this.now() + 47 * 3_600_000,
      hash: createHash('sha256').update(list).digest('base64url'),
    };
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const message = `${part('{"alg":"EdDSA","typ":"latchkey-list+jws"}')}.${part(JSON.stringify(manifest))}`;
    return { manifest: `${message}.${sign(null, Buffer.from(message), this.listKey.privateKey).toString('base64url')}`, list };
  }

  private async take(request: IncomingMessage, answer: ServerResponse) {
    const url = new URL(request.url!, this.url);
    let text = '';
    for await (const part of request) text += part;
    if (!url.pathname.startsWith(BASE)) return this.pass(request, answer);
    const say = (status: number, words: object) =>
      answer.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(words));
    const [what, body] = [url.pathname.slice(BASE.length), text && JSON.parse(text)];
    const names = { organization: 'Northwind Studios', place: 'Main Street 1', door: this.door };
    if (what === 'pair') {
      if (body.code !== this.pairing) return say(404, { title: 'This code is unknown.', code: 'pairing_unknown' });
      return say(200, { terminal: 'terminal_1', token: 'the-token', list_key: publicKey(this.listKey.publicKey), now: this.now(), ...names });
    }
    if (this.revoked) return say(401, { title: 'This terminal was revoked.', code: 'revoked' });
    if (request.headers.authorization !== 'Bearer the-token') return say(401, { title: 'Who is this?', code: 'unauthorized' });
    if (what === 'heartbeat') {
      this.beats.push(body);
      return say(200, { now: this.now(), list: this.version, name: 'Front door terminal', ...names });
    }
    if (what === 'list') {
      return url.searchParams.get('have') === String(this.version) ? answer.writeHead(204).end() : say(200, this.list());
    }
    if (what === 'scan') {
      this.scans.push(body);
      const verdict = await this.verdict(body);
      return say(200, { event: `event_${body.sequence}`, ...(verdict.decision === 'grant' && { unlock_ms: 5000, left_ms: 4500 }), ...verdict });
    }
    if (what === 'journal') {
      this.journal.push(...body.entries);
      return say(200, { upto: Math.max(...body.entries.map((entry: any) => entry.sequence)) });
    }
    if (what === 'stream') {
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write('event: hello\ndata:\n\n');
      return;
    }
    return say(404, { title: 'Nothing here.', code: 'not_found' });
  }

  private pass(request: IncomingMessage, answer: ServerResponse) {
    const { host: _, ...headers } = request.headers;
    const onward = ask(new URL(request.url!, this.behind), { method: request.method, headers }, from => {
      answer.writeHead(from.statusCode!, from.headers);
      from.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    onward.end();
  }
}
