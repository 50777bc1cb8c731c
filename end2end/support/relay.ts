// What stands behind doors: a relay that is asked over HTTP, and a real broker with a lock that hears and answers.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export class Relay {
  readonly asked: Asked[] = [];
  private server?: Server;
  port = 0;

  static async open(port = 0): Promise<Relay> {
    const relay = new Relay();
    await relay.listen(port);
    return relay;
  }

  async listen(port = this.port) {
    this.server = createServer(async (request, answer) => {
      let body = '';
      for await (const part of request) body += part;
      this.asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      answer.setHeader('connection', 'close').end('{"was_on":false}');
    });
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as { port: number }).port;
  }

  async close() {
    if (!this.server?.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Whether a request is signed with this secret, as docs/doors.md describes it. */
  static signed({ method, path, headers, body }: Asked, secret: string): boolean {
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-latchkey-signature'])) ?? [];
    return mac === createHmac('sha256', secret).update(`${at}.${method}.${path}.${body}`).digest('hex');
  }
}

export class Broker {
  private child?: ChildProcess;
  private constructor(private readonly folder: string, readonly port: number) {}

  static async start(port: number): Promise<Broker> {
    const broker = new Broker(await mkdtemp(join(tmpdir(), 'broker-')), port);
    await writeFile(join(broker.folder, 'conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`);
    await broker.go();
    return broker;
  }

  async go() {
    const program = process.env.LATCHKEY_TEST_MOSQUITTO;
    if (!program) throw new Error('LATCHKEY_TEST_MOSQUITTO names no mosquitto; run these tests by `cargo xtask test browser`');
    this.child = spawn(program, ['-c', join(this.folder, 'conf')], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      const socket = connect(this.port, '127.0.0.1');
      const there = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
      socket.destroy();
      if (there) return;
      await new Promise(done => setTimeout(done, 25));
    }
    throw new Error('mosquitto does not listen');
  }

  async stop() {
    const running = this.child;
    this.child = undefined;
    if (!running || running.exitCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  async end() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};
const packet = (first: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  if (body.length > 127) throw new Error('longer than a test needs');
  return Buffer.concat([Buffer.from([first, body.length]), body]);
};

/** A lock that speaks just enough MQTT 3.1.1: hears one topic, and says on another how it stands. */
export class Lock {
  readonly heard: string[] = [];
  private constructor(private readonly socket: Socket) {}

  static async connect(port: number, hears: string, says: string): Promise<Lock> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const lock = new Lock(socket);
    socket.on('error', () => {});
    socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text(`lock-${port}`)));
    socket.write(packet(0x82, Buffer.from([0, 1]), text(hears), Buffer.from([0])));
    let rest = Buffer.alloc(0);
    const ready = new Promise<void>(done => {
      socket.on('data', part => {
        rest = Buffer.concat([rest, part as Buffer]);
        while (rest.length > 1 && rest.length >= 2 + rest[1]!) {
          const [first, body] = [rest[0]!, rest.subarray(2, 2 + rest[1]!)];
          rest = rest.subarray(2 + body.length);
          if (first >> 4 === 9) done();
          if (first >> 4 !== 3) continue;
          lock.heard.push(body.subarray(2 + body.readUInt16BE(0)).toString());
          lock.say(says, 'OPEN');
          setTimeout(() => lock.say(says, 'SHUT'), 3_000);
        }
      });
    });
    await ready;
    return lock;
  }

  /** Kept by the broker. */
  say(topic: string, message: string) {
    if (!this.socket.destroyed) this.socket.write(packet(0x31, text(topic), Buffer.from(message)));
  }

  leave() {
    this.socket.destroy();
  }
}
