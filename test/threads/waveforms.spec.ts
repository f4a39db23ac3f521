import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openWaveforms } from '#lib/waveform';
import { halfSilentRecording } from '../support/opus.js';

const waveforms = openWaveforms();
afterAll(() => waveforms.close());

async function* inParts(bytes: Buffer, partBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/** The means of its halves. */
const halves = (waveform: Uint8Array | null): readonly number[] =>
  [waveform!.subarray(0, 31), waveform!.subarray(33)].map(
    (half) => half.reduce((sum, bar) => sum + bar, 0) / half.length,
  );

describe('the waveform of a recording', () => {
  it('shows where it is silent and where it is loud', async () => {
    for (const seconds of [10, 60]) {
      const waveform = await waveforms.of(inParts(halfSilentRecording(seconds)));
      expect([waveform?.length, Math.max(...waveform!)]).toEqual([64, 100]);
      const [silent, loud] = halves(waveform);
      expect(silent).toBeLessThan(1);
      expect(loud).toBeGreaterThan(10);
    }
  });

  it('is not drawn of what is no recording, is cut off in its beginning, or is longer than ten minutes', async () => {
    const recording = halfSilentRecording(1);
    const files = [Buffer.alloc(0), randomBytes(50_000), recording.subarray(0, 60), halfSilentRecording(601)];
    for (const file of files) expect(await waveforms.of(inParts(file, 64 * 1024))).toBeNull();
    expect(await waveforms.of(inParts(recording))).not.toBeNull();
  });

  it('is given up where it takes too long, and the next one is drawn', async () => {
    const hasty = openWaveforms({ timeoutMs: 300 });
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    expect(await hasty.of(never)).toBeNull();
    await hasty.close();
    expect(await waveforms.of(inParts(halfSilentRecording(1)))).not.toBeNull();
  });
});
