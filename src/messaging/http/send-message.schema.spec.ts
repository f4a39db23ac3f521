import { describe, expect, it } from '@jest/globals';
import { NewMessage, requestOf } from './send-message.schema.js';

const to = '+491701234567';

describe('a request to send', () => {
  it('becomes the content of its type, with people in the form of events', () => {
    const mentions = ['+49 170 123-4567', '123456789012345@lid', '491701234567@s.whatsapp.net'];
    const text = { body: 'Hello', previewUrl: true, mentions };
    const message = NewMessage.parse({ to, type: 'text', text, reference: 'order-4711' });
    expect(requestOf(message)).toEqual({
      to,
      reference: 'order-4711',
      content: { type: 'text', body: 'Hello', previewUrl: true, mentions: ['+491701234567', '123456789012345@lid'] },
    });
  });

  it('says whom the words beside a file mention', () => {
    const image = { url: 'https://example.com/a.png', caption: 'Look', mentions: ['00491701234567'], mentionAll: true };
    expect(requestOf(NewMessage.parse({ to, type: 'image', image })).content).toMatchObject({
      caption: 'Look',
      mentions: ['+491701234567'],
      mentionAll: true,
    });
  });

  it('takes an empty caption for none', () => {
    const image = { url: 'https://example.com/a.png', caption: '' };
    expect(requestOf(NewMessage.parse({ to, type: 'image', image })).content).toMatchObject({ caption: null });
  });

  it.each(['../a.pdf', '..', ' ', 'a\u202Efdp.exe', 'a\nb.pdf'])('has no name of a file like %j', (fileName) => {
    const named = { to, type: 'document', document: { url: 'https://example.com/a.pdf', fileName } };
    expect(NewMessage.safeParse(named).error?.issues).toMatchObject([{ path: ['document', 'fileName'] }]);
  });

  it.each([
    ['0170 1234567', 'Must begin with the country code: +49 170 1234567 instead of 0170 1234567'],
    ['120363012345678901@g.us', 'Must be a phone number, or the address of a person: …@s.whatsapp.net or …@lid'],
  ])('tells what is wrong with a mention: %s', (mention, problem) => {
    const text = { body: 'Hello', mentions: [mention] };
    expect(NewMessage.safeParse({ to, type: 'text', text }).error?.issues[0]?.message).toBe(problem);
  });

  it.each([
    ['an unknown type', { to, type: 'telegram', text: { body: 'Hello' } }, ['type']],
    ['a kind that is only received', { to, type: 'unsupported', unsupported: {} }, ['type']],
    ['a type without its object', { to, type: 'text' }, ['text']],
    ['a mention of nobody', { to, type: 'text', text: { body: '@x', mentions: ['x'] } }, ['text', 'mentions', 0]],
    [
      'too many mentions',
      { to, type: 'text', text: { body: '@', mentions: Array(101).fill(to) } },
      ['text', 'mentions'],
    ],
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
