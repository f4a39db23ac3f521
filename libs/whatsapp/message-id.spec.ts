import { describe, expect, it } from '@jest/globals';
import { messageIdFor } from './message-id.js';

describe('a message id', () => {
  it('has the form of WhatsApp’s web client, and depends on the seed alone', () => {
    expect(messageIdFor('a')).toMatch(/^3EB0[0-9A-F]{18}$/);
    expect(messageIdFor('a')).toBe(messageIdFor('a'));
    expect(messageIdFor('a')).not.toBe(messageIdFor('b'));
  });
});
