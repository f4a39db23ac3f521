import { describe, expect, it } from '@jest/globals';
import { sendRefusalOf } from './send-refusals.js';

describe('a refusal to send', () => {
  it.each([
    [463, false],
    [475, false],
    [479, true],
    [400, false],
    [500, true],
    [999, false],
  ])('with code %i is a sentence, and retryable: %s', (code, retryable) => {
    expect(sendRefusalOf(code)).toEqual({ code, retryable, reason: expect.stringMatching(/^(WhatsApp|This).*\.$/) });
  });
});
