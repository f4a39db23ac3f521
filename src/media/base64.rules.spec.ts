import { describe, expect, it } from '@jest/globals';
import { decodedBase64 } from './base64.rules.js';

const text = (data: string): string => Buffer.from(decodedBase64(data)).toString();

describe('base64', () => {
  it('may be of either alphabet, padded or not, and in lines', () => {
    for (const data of ['Pz8+', 'Pz8-', 'Pz8\n+\n']) expect(text(data)).toBe('??>');
    for (const data of ['SGVsbG8=', 'SGVsbG8', 'SGVs\r\nbG8=\r\n', 'SGk=\n=']) expect(text(data)).toMatch(/^H/);
  });

  it('is refused where it has other characters', () => {
    for (const data of ['SGVs*', 'SG=Vs', 'data:image/png;base64,SGVs', 'SGVs===']) {
      expect(() => decodedBase64(data)).toThrow(expect.objectContaining({ code: 'media_type_refused' }));
    }
  });

  it('is judged in a moment, however long it is', () => {
    const begun = performance.now();
    for (const data of [`${' '.repeat(50_000)}*`, `A=${' '.repeat(50_000)}*`])
      expect(() => decodedBase64(data)).toThrow(/not valid/);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
