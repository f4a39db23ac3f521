import { describe, expect, it } from '@jest/globals';
import type { proto } from '@whiskeysockets/baileys';
import { contentFromWhatsApp } from './converters.js';
import { unwrapped } from './unwrap.js';

const secrets = { seal: () => 'sealed' };
const content = (message: proto.IMessage) => contentFromWhatsApp(unwrapped(message), secrets);
const mediaKey = Buffer.from('key');

describe('a message of a business', () => {
  it.each<[string, proto.IMessage, string]>([
    [
      'a template',
      {
        templateMessage: {
          hydratedTemplate: { hydratedTitleText: 'Hi', hydratedContentText: 'Paid', hydratedFooterText: 'Bye' },
        },
      },
      'Hi\nPaid\nBye',
    ],
    [
      'a template of unhydrated rows',
      { templateMessage: { fourRowTemplate: { content: { params: ['Paid'] }, footer: { params: ['Bye'] } } } },
      'Paid\nBye',
    ],
    [
      'a structured message',
      { highlyStructuredMessage: { hydratedHsm: { hydratedTemplate: { hydratedContentText: 'Paid' } } } },
      'Paid',
    ],
    [
      'an interactive message',
      { interactiveMessage: { header: { title: 'Hi' }, body: { text: 'Choose' }, footer: { text: 'Bye' } } },
      'Hi\nChoose\nBye',
    ],
    [
      'a carousel',
      { interactiveMessage: { body: { text: 'Ours' }, carouselMessage: { cards: [{ body: { text: 'Tea' } }] } } },
      'Ours\nTea',
    ],
    ['buttons', { buttonsMessage: { text: 'Hi', contentText: 'Choose', footerText: 'Bye' } }, 'Hi\nChoose\nBye'],
    ['a list', { listMessage: { title: 'Hi', description: 'Choose' } }, 'Hi\nChoose'],
  ])('is a text of its words: %s', (_kind, message, body) => {
    expect(content(message)).toEqual({ type: 'text', body });
  });

  it('with a file is that file, with the words as its caption', () => {
    const imageMessage = { mediaKey, mimetype: 'image/png' };
    const hydratedTemplate = { imageMessage, hydratedContentText: 'Paid' };
    expect(content({ templateMessage: { hydratedTemplate } })).toMatchObject({ type: 'image', caption: 'Paid' });
  });

  it('without a word is not supported', () => {
    expect(content({ templateMessage: {} })).toEqual({ type: 'unsupported', rawType: 'templateMessage' });
  });
});

describe('a tap', () => {
  it.each<[string, proto.IMessage, object]>([
    [
      'a button',
      { buttonsResponseMessage: { selectedButtonId: 'b1', selectedDisplayText: 'Tea' } },
      { id: 'b1', text: 'Tea' },
    ],
    [
      'a row of a list',
      { listResponseMessage: { title: 'Tea', singleSelectReply: { selectedRowId: 'r1' } } },
      { id: 'r1', text: 'Tea' },
    ],
    [
      'a button of a template',
      { templateButtonReplyMessage: { selectedId: 't1', selectedDisplayText: 'Tea' } },
      { id: 't1', text: 'Tea' },
    ],
    [
      'an interactive message',
      {
        interactiveResponseMessage: {
          body: { text: 'Tea' },
          nativeFlowResponseMessage: { name: 'quick_reply', paramsJson: '{"id":"q1"}' },
        },
      },
      { id: 'q1', text: 'Tea' },
    ],
    [
      'something that names no id',
      { interactiveResponseMessage: { body: { text: 'Tea' }, nativeFlowResponseMessage: { paramsJson: 'none' } } },
      { id: null, text: 'Tea' },
    ],
  ])('on %s is a text with the selection', (_on, message, selection) => {
    expect(content(message)).toEqual({ type: 'text', body: 'Tea', selection });
  });
});

describe('a wrapper', () => {
  it.each([
    'ephemeralMessage',
    'viewOnceMessageV2',
    'documentWithCaptionMessage',
    'groupMentionedMessage',
    'botInvokeMessage',
    'lottieStickerMessage',
    'questionMessage',
  ])('is taken off: %s', (wrapper) => {
    expect(content({ [wrapper]: { message: { conversation: 'inside' } } })).toEqual({ type: 'text', body: 'inside' });
  });

  it('is taken off from around others, but not without end', () => {
    const nested = (depth: number): proto.IMessage =>
      depth === 0 ? { conversation: 'inside' } : { ephemeralMessage: { message: nested(depth - 1) } };
    expect(content(nested(5))).toEqual({ type: 'text', body: 'inside' });
    expect(content(nested(50))).toEqual({ type: 'unsupported', rawType: 'ephemeralMessage' });
  });
});
