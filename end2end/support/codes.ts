// Codes as docs/qr-codes.md describes them, and a video of one for a browser's pretended camera.
import { execFile } from 'node:child_process';
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import qrcode from 'qrcode-generator';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function crockford(bytes: Buffer): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map(five => DIGITS[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** An online code, and its name in a terminal's list. */
export function onlineCode(bytes = randomBytes(16)): { text: string; name: string } {
  return { text: `LK1N${crockford(bytes)}`, name: createHash('sha256').update(bytes).digest('base64url') };
}

/** An offline code for some doors, good for an hour; its id is its name in a list, hexadecimal. */
export function offlineCode(key: KeyObject, audience: Buffer, scopes: number[], { keyId = 1, once = false } = {}): { text: string; name: string } {
  const [id, now] = [randomBytes(10), Math.floor(Date.now() / 1000)];
  const numbers = [now - 60, now + 3600].map(time => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(time);
    return four;
  });
  const doors = scopes.map(scope => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(scope);
    return four;
  });
  const body = Buffer.concat([Buffer.from([keyId]), audience, id, Buffer.from([once ? 2 : 0]), ...numbers, Buffer.from([scopes.length]), ...doors]);
  const signature = sign(null, Buffer.concat([Buffer.from('latchkey/offline/1'), body]), key);
  return { text: `LK1F${crockford(Buffer.concat([body, signature]))}`, name: id.toString('hex') };
}

/** What a picture of a code says, by zbar and by ZXing, which share no code with what draws it, nor with each other. */
export async function read(picture: Buffer): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'code-')), 'code.png');
  await writeFile(file, picture);
  const [one, other] = await Promise.all([['zbarimg', '--raw', '--quiet'], ['ZXingReader', '-format', 'QRCode', '-bytes']].map(
    ([program, ...options]) => promisify(execFile)(program!, [...options, file]),
  ));
  expect(other!.stdout.trim()).toBe(one!.stdout.trim());
  return one!.stdout.trim();
}

const [WIDTH, HEIGHT] = [640, 480];

/** A video in which somebody holds this code into the camera, or nobody does: for `--use-file-for-fake-video-capture`. */
export async function filmed(text: string, file: string) {
  const code = qrcode(0, 'M');
  code.addData(text, /^[0-9A-Z $%*+\-./:]+$/.test(text) ? 'Alphanumeric' : 'Byte');
  code.make();
  const count = code.getModuleCount();
  // As a phone shows it: a white card on a grey wall.
  const point = Math.floor(360 / (count + 8));
  const [left, top] = [(WIDTH - point * (count + 8)) >> 1, (HEIGHT - point * (count + 8)) >> 1];
  const light = Buffer.alloc(WIDTH * HEIGHT, 90);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [column, row] = [Math.floor((x - left) / point) - 4, Math.floor((y - top) / point) - 4];
      if (!text || Math.min(column, row) < -4 || Math.max(column, row) >= count + 4) continue;
      const dark = Math.min(column, row) >= 0 && Math.max(column, row) < count && code.isDark(row, column);
      light[y * WIDTH + x] = dark ? 20 : 235;
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]));
}
