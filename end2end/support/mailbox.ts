// A real SMTP server on loopback that keeps what it gets, and can be slow, refusing or away.
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type Mood = 'taking' | 'refusing' | 'busy' | 'slow';

export class Mailbox {
  readonly mails: ParsedMail[] = [];
  mood: Mood = 'taking';
  private constructor(private readonly server: SMTPServer, readonly port: number) {}

  static async open(): Promise<Mailbox> {
    let box: Mailbox;
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      async onData(stream, _session, done) {
        const mail = await simpleParser(stream);
        if (box.mood === 'slow') await new Promise(wait => setTimeout(wait, 3_000));
        const code = { taking: 0, slow: 0, refusing: 550, busy: 451 }[box.mood];
        if (code) return done(Object.assign(new Error(code === 550 ? 'No such mailbox here' : 'Try again later'), { responseCode: code }));
        box.mails.push(mail);
        done(null, 'Kept it');
      },
    });
    await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
    server.on('error', () => {});
    const { port } = server.server.address() as { port: number };
    box = new Mailbox(server, port);
    return box;
  }

  /** The next mail to an address. */
  async to(address: string): Promise<ParsedMail> {
    for (let tries = 0; tries < 200; tries += 1) {
      const mail = this.mails.find(mail => [mail.to].flat().some(to => to?.value.some(one => one.address === address)));
      if (mail) return mail;
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error(`no mail came for ${address}`);
  }

  close() {
    return new Promise<void>(done => this.server.close(() => done()));
  }
}
