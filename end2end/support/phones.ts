// A text message service on loopback that speaks Twilio's API and keeps what it gets.
import { createServer, type Server } from 'node:http';

export type Mood = 'taking' | 'refusing' | 'busy';

export class Phones {
  readonly messages: { to: string; from: string; text: string }[] = [];
  mood: Mood = 'taking';
  private constructor(private readonly server: Server, readonly port: number) {}

  static async open(): Promise<Phones> {
    let phones: Phones;
    const server = createServer((request, answer) => {
      let body = '';
      request.on('data', part => (body += part)).on('end', () => {
        const form = new URLSearchParams(body);
        const say = (status: number, words: object) => answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(words));
        if (phones.mood === 'refusing') return say(400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 });
        if (phones.mood === 'busy') return say(429, { code: 20429, message: 'Too Many Requests', status: 429 });
        phones.messages.push({ to: form.get('To') ?? '', from: form.get('From') ?? '', text: form.get('Body') ?? '' });
        say(201, { sid: `SM${phones.messages.length}`, status: 'queued', body: form.get('Body') });
      });
    });
    await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
    phones = new Phones(server, (server.address() as { port: number }).port);
    return phones;
  }

  get url() {
    return `twilio+http://AC0123:t0ken@127.0.0.1:${this.port}?from=+4930555011`;
  }

  /** The next message to a number. */
  async to(number: string) {
    for (let tries = 0; tries < 200; tries += 1) {
      const message = this.messages.find(message => message.to === number);
      if (message) return message;
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error(`no text message came for ${number}`);
  }

  close() {
    return new Promise<void>(done => this.server.close(() => done()));
  }
}
