import { open, type FileHandle } from 'node:fs/promises';

/** A page has at most 65,307 bytes, so that the last one is within these. */
const lookedAtBytes = 128 * 1024;
const pageMark = 'OggS';
/** In samples per second, whatever was recorded. */
const opusRate = 48_000;
/** Of a page in which no packet ends. */
const noPosition = 0xffff_ffff_ffff_ffffn;

type Stream = { readonly id: number; readonly rate: number; readonly skippedSamples: number };

/**
 * How long Ogg with Opus or Vorbis plays, in seconds, by its first page and its last one; null where they do not say. However many pages
 * are between, they are not read: anybody may send a file of millions.
 */
export const oggDuration = async (path: string): Promise<number | null> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const stream = streamOf(await readAt(file, 0));
    const samples = stream && lastPositionOf(stream, await readAt(file, Math.max(0, size - lookedAtBytes)));
    if (!stream || samples === undefined) return null;
    const duration = (samples - stream.skippedSamples) / stream.rate;
    return duration > 0 && Number.isFinite(duration) ? duration : null;
  } finally {
    await file.close();
  }
};

const readAt = async (file: FileHandle, at: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(lookedAtBytes), 0, lookedAtBytes, at);
  return buffer.subarray(0, bytesRead);
};

const streamOf = (start: Buffer): Stream | undefined => {
  if (start.length < 64 || start.toString('latin1', 0, 4) !== pageMark) return undefined;
  const id = start.readUInt32LE(14);
  const packet = start.subarray(27 + start.readUInt8(26));
  if (packet.length < 16) return undefined;
  if (packet.toString('latin1', 0, 8) === 'OpusHead') {
    return { id, rate: opusRate, skippedSamples: packet.readUInt16LE(10) };
  }
  const isVorbis = packet.toString('latin1', 0, 7) === '\u0001vorbis';
  return isVorbis ? { id, rate: packet.readUInt32LE(12), skippedSamples: 0 } : undefined;
};

/** The samples that have been played at the end of the last page. */
const lastPositionOf = ({ id }: Stream, end: Buffer): number | undefined => {
  for (let at = end.lastIndexOf(pageMark); at >= 0; at = at === 0 ? -1 : end.lastIndexOf(pageMark, at - 1)) {
    if (at + 18 > end.length || end.readUInt32LE(at + 14) !== id) continue;
    const position = end.readBigUInt64LE(at + 6);
    if (position !== noPosition) return Number(position);
  }
  return undefined;
};
