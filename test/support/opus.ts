const framesPerSecond = 50;
const samplesPerFrame = 960; // Ogg counts Opus at 48 kHz

/** Frames of 20 ms for one channel. Whatever bytes a frame consists of, they are some noise. */
const silentFrame = Buffer.from('f8fffe', 'hex');
const noisyFrame = (n: number): Buffer =>
  Buffer.from([0xf8, ...Array.from({ length: 60 }, (_, at) => (n * 97 + at * 41 + 17) % 251)]);

/** A recording in Ogg with Opus that is silent in its first half, and loud in its second. */
export const halfSilentRecording = (seconds: number): Buffer => {
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from('0101000080bb0000000000', 'hex')]);
  const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8)]);
  const count = seconds * framesPerSecond;
  const frames = Array.from({ length: count }, (_, n) => (n < count / 2 ? silentFrame : noisyFrame(n)));
  const pages = [
    page({ sequence: 0, type: 2, position: 0, packets: [head] }),
    page({ sequence: 1, type: 0, position: 0, packets: [tags] }),
  ];
  for (let at = 0; at < count; at += framesPerSecond) {
    const [end, sequence] = [at + framesPerSecond, pages.length];
    const type = end < count ? 0 : 4;
    pages.push(page({ sequence, type, position: end * samplesPerFrame, packets: frames.slice(at, end) }));
  }
  return Buffer.concat(pages);
};

type Page = {
  readonly sequence: number;
  readonly type: number;
  readonly position: number;
  readonly packets: readonly Buffer[];
};

/** Each packet is shorter than 255 bytes, and so one segment. */
const page = ({ sequence, type, position, packets }: Page): Buffer => {
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header[5] = type;
  header.writeBigInt64LE(BigInt(position), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = packets.length;
  const whole = Buffer.concat([header, Buffer.from(packets.map(({ length }) => length)), ...packets]);
  whole.writeUInt32LE(checksumOf(whole), 22);
  return whole;
};

const checksumOf = (bytes: Buffer): number => {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
};
