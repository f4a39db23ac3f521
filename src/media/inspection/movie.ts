import { open, type FileHandle } from 'node:fs/promises';

/** What a film says of itself: its sides as it is shown, in pixels, and how long it plays. */
export type Movie = { readonly width: number | null; readonly height: number | null; readonly duration: number | null };

type Box = { readonly type: string; readonly body: Buffer };

/** Of a film of hours; a larger one is no film. */
const maxHeaderBytes = 8 * 1024 * 1024;
/** A film that is a list of pieces has its header before them. */
const maxBoxes = 1000;

/**
 * Reads the header of a film in the format of MP4, QuickTime and 3GP (ISO 14496-12), wherever it is in the file; undefined where there is none.
 * @throws {RangeError} it is cut off, or makes no sense.
 */
export const readMovie = async (path: string): Promise<Movie | undefined> => {
  const file = await open(path, 'r');
  try {
    const header = await headerOf(file);
    return header && movieOf(header);
  } finally {
    await file.close();
  }
};

const headerOf = async (file: FileHandle): Promise<Buffer | undefined> => {
  for (let [at, boxes] = [0, 0]; boxes < maxBoxes; boxes += 1) {
    const { buffer: start, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, at);
    if (bytesRead < 8) return undefined;
    const { type, size, headBytes } = headOf(start);
    if (size < headBytes) return undefined; // also the last one, which may leave its size open
    if (type === 'moov') return size > maxHeaderBytes ? undefined : readBody(file, at + headBytes, size - headBytes);
    at += size;
  }
  return undefined;
};

const readBody = async (file: FileHandle, at: number, size: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, at);
  return buffer.subarray(0, bytesRead);
};

const headOf = (bytes: Buffer): { readonly type: string; readonly size: number; readonly headBytes: number } => {
  const size = bytes.readUInt32BE(0);
  const type = bytes.toString('latin1', 4, 8);
  return size === 1 ? { type, size: Number(bytes.readBigUInt64BE(8)), headBytes: 16 } : { type, size, headBytes: 8 };
};

const boxesIn = (bytes: Buffer): readonly Box[] => {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length && boxes.length < maxBoxes;) {
    const { type, size, headBytes } = headOf(bytes.subarray(at));
    if (size < headBytes) break;
    boxes.push({ type, body: bytes.subarray(at + headBytes, at + size) });
    at += size;
  }
  return boxes;
};

/** The first box at the end of a path. */
const within = (bytes: Buffer, [type, ...path]: readonly string[]): Buffer | undefined => {
  const found = boxesIn(bytes).find((box) => box.type === type)?.body;
  return found && path.length > 0 ? within(found, path) : found;
};

const movieOf = (header: Buffer): Movie => {
  const tracks = boxesIn(header).filter(({ type }) => type === 'trak');
  const film = tracks.find(({ body }) => within(body, ['mdia', 'hdlr'])?.toString('latin1', 8, 12) === 'vide');
  const shown = film && within(film.body, ['tkhd']);
  const size = shown ? sidesOf(shown) : { width: null, height: null };
  return { ...size, duration: durationOf(header) };
};

/** In the first version of a box, its times have four bytes, in the second one eight. */
const isLong = (box: Buffer): boolean => box.readUInt8(0) === 1;

const durationOf = (header: Buffer): number | null => {
  const whole = within(header, ['mvhd']);
  if (!whole) return null;
  const scale = whole.readUInt32BE(isLong(whole) ? 20 : 12);
  const pieces = within(header, ['mvex', 'mehd']); // of a film that is written in pieces
  const ticks = (pieces && ticksOf(pieces, 4)) ?? ticksOf(whole, isLong(whole) ? 24 : 16);
  return ticks === null || scale === 0 ? null : ticks / scale;
};

/** Null: it is not known. */
const ticksOf = (box: Buffer, at: number): number | null => {
  const [ticks, unknown] = isLong(box)
    ? [Number(box.readBigUInt64BE(at)), Number(0xffff_ffff_ffff_ffffn)]
    : [box.readUInt32BE(at), 0xffff_ffff];
  return ticks === 0 || ticks === unknown ? null : ticks;
};

/** Phones film upright by turning what they show. */
const sidesOf = (shown: Buffer): Pick<Movie, 'width' | 'height'> => {
  const matrix = isLong(shown) ? 52 : 40;
  const isTurned = shown.readInt32BE(matrix) === 0 && shown.readInt32BE(matrix + 4) !== 0;
  const [width, height] = [matrix + 36, matrix + 40].map((at) => Math.round(shown.readUInt32BE(at) / 65_536) || null);
  return isTurned ? { width: height ?? null, height: width ?? null } : { width: width ?? null, height: height ?? null };
};
