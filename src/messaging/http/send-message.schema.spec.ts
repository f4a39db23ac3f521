import { describe, expect, it } from '@jest/globals';
import { NewMessage, requestOf } from './send-message.schema.js';

const to = '+491701234567';

describe('a request to send', () => {
  it('becomes the content of its type, with people in the form of events', () => {
    const text = { body: 'Hello', previewUrl: true, mentions: ['+49 170 123-4567', '123456789012345@lid'] };
    const message = NewMessage.parse({ to, type: 'text', text, reference: 'order-4711' });
    expect(requestOf(message)).toEqual({
      to,
      reference: 'order-4711',
      content: { type: 'text', body: 'Hello', mentions: ['+491701234567', '123456789012345@lid'] },
    });
  });

  it.each([
    ['an unknown type', { to, type: 'telegram', text: { body: 'Hello' } }, ['type']],
    ['a kind that is only received', { to, type: 'unsupported', unsupported: {} }, ['type']],
    ['a type without its object', { to, type: 'text' }, ['text']],
    ['a mention of nobody', { to, type: 'text', text: { body: '@x', mentions: ['x'] } }, ['text', 'mentions', 0]],
    ['a list', [], []],
  ])('is refused with the place where it is wrong: %s', (_what, message, path) => {
    expect(NewMessage.safeParse(message).error?.issues).toMatchObject([{ path }]);
  });

  it('of an unknown type is told which there are', () => {
    const { error } = NewMessage.safeParse({ to, type: 'telegram' });
    expect(error?.issues[0]?.message).toBe(
      'Must be one of: text, image, video, audio, document, sticker, location, contact, poll, reaction',
    );
  });
});
