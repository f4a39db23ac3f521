import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { newPicture } from './pictures.js';

/** A file of each kind, no two the same: what its content says of its type is true. */
export const sampleFiles = {
  image: () => newPicture('jpeg', 64, 48),
  video: () => Promise.resolve(mp4()),
  audio: () => Promise.resolve(Buffer.concat([Buffer.from('fffb9000', 'hex'), randomBytes(413)])),
  voice: () => Promise.resolve(opus()),
  document: () => Promise.resolve(Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(50_000)])),
  sticker: () => newSticker(512),
} as const satisfies { readonly [kind: string]: () => Promise<Buffer> };

/** A picture of one colour. */
export const newSticker = (sidePixels: number): Promise<Buffer> => {
  const [r, g, b] = randomBytes(3) as unknown as readonly [number, number, number];
  const background = { r, g, b, alpha: 0.5 };
  return sharp({ create: { width: sidePixels, height: sidePixels, channels: 4, background } })
    .webp()
    .toBuffer();
};

const mp4 = (): Buffer => {
  const box = (type: string, content: Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length + 8);
    return Buffer.concat([size, Buffer.from(type), content]);
  };
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\u0002\0isommp41', 'latin1')),
    box('mdat', randomBytes(20_000)),
  ]);
};

/** The first page of Ogg with Opus, and something behind it. */
const opus = (): Buffer => {
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from('0101380180bb0000000000', 'hex')]);
  const page = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(22), Buffer.from([1, head.length])]);
  page[5] = 2; // the beginning of the stream
  return Buffer.concat([page, head, randomBytes(3000)]);
};
