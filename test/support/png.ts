import { inflateSync } from 'node:zlib';

export type Image = { readonly width: number; readonly height: number; /** RGBA. */ readonly data: Uint8Array };

/** Reads a PNG of eight bits a channel, with alpha or without, that is not interlaced. */
export const readPng = (png: Buffer): Image => {
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts));
  const row = width * channels;
  const pixels = new Uint8Array(row * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : pixels[y * row + x]!);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)]!;
    for (let x = 0; x < row; x += 1) {
      const [left, up, corner] = [at(x - channels, y), at(x, y - 1), x < channels ? 0 : at(x - channels, y - 1)];
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      pixels[y * row + x] = raw[y * (row + 1) + 1 + x]! + predicted;
    }
  }
  const data = Uint8Array.from({ length: width * height * 4 }, (_, n) =>
    n % 4 < channels ? pixels[Math.floor(n / 4) * channels + (n % 4)]! : 255,
  );
  return { width, height, data };
};

const paeth = (left: number, up: number, corner: number): number => {
  const [toLeft, toUp, toCorner] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
};
