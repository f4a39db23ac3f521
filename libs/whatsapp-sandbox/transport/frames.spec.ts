import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { frame, FrameError, FrameReader, prologue, PrologueReader } from './frames.js';

const drain = (reader: FrameReader): Buffer[] => {
  const frames: Buffer[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(Buffer.from(next));
  return frames;
};

describe('frames', () => {
  it('are read unchanged, however the stream is split', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const stream = Buffer.concat(sent.map(frame));
        const reader = new FrameReader(300);
        const received: Buffer[] = [];
        for (let at = 0; at < stream.length; at += step) {
          reader.push(stream.subarray(at, at + step));
          received.push(...drain(reader));
        }
        expect(received).toEqual(sent.map((body) => Buffer.from(body)));
      }),
    );
  });

  it('are refused if too long, before the body arrives', () => {
    const reader = new FrameReader(10);
    reader.push(frame(randomBytes(11)).subarray(0, 3));
    expect(() => reader.next()).toThrow(FrameError);
    reader.setMaxBytes(11);
    expect(reader.next()).toBeUndefined();
  });
});

describe('the prologue', () => {
  const read = (bytes: Buffer): boolean => {
    const reader = new FrameReader(100);
    const prologue = new PrologueReader();
    let complete = false;
    for (const byte of bytes) {
      reader.push(Buffer.from([byte]));
      complete ||= prologue.read(reader);
    }
    return complete;
  };

  it('is accepted with and without routing info', () => {
    expect(read(prologue)).toBe(true);
    expect(read(Buffer.concat([Buffer.from('ED\0\x01'), frame(randomBytes(9)), prologue]))).toBe(true);
    expect(read(prologue.subarray(0, 3))).toBe(false);
  });

  it('is refused if it is something else', () => {
    expect(() => read(Buffer.from('GET / HTTP/1.1'))).toThrow(FrameError);
  });
});
