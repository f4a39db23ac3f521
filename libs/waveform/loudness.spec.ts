import { describe, expect, it } from '@jest/globals';
import { Loudness } from './loudness.js';

const drawn = (...parts: readonly number[][]) => {
  const loudness = new Loudness();
  for (const part of parts) loudness.add(Float32Array.from(part));
  return loudness.waveform();
};
const constant = (seconds: number, value: number) =>
  Array.from({ length: seconds * 8000 }, (_, n) => (n % 2 ? value : -value));

describe('a waveform', () => {
  it('has 64 bars, relative to the loudest one', () => {
    const bars = drawn(constant(2, 0.1), constant(2, 0.2), constant(4, 0));
    expect(bars).toEqual(Uint8Array.from([...Array(16).fill(50), ...Array(16).fill(100), ...Array(32).fill(0)]));
  });

  it('is the same in whatever parts the recording comes', () => {
    const samples = Array.from({ length: 12_345 }, (_, n) => Math.sin(n / 7) * (n / 12_345));
    expect(drawn(samples.slice(0, 777), samples.slice(777))).toEqual(drawn(samples));
  });

  it('is flat of silence, drawn of less than 64 blocks, and none of nothing', () => {
    expect(drawn(constant(1, 0))).toEqual(new Uint8Array(64));
    expect(drawn([0.5, -0.5])).toEqual(new Uint8Array(64).fill(100));
    expect(drawn([])).toBeNull();
  });
});
