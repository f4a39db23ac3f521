import { describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { OutgoingMedia } from '../content/media.js';
import type { OutgoingMessage } from '../port.js';
import { assertUploadedFor, postStanza, stanzaIdOf } from './channel-post.js';

const to = '120363400000000001@newsletter';
const answered = { whatsappId: 'P1', chat: to, fromMe: true, participant: null, text: '' };
const edit: OutgoingMessage = {
  whatsappId: 'C1',
  to,
  replyTo: answered,
  content: { type: 'edit', text: { type: 'text', body: 'Later' }, editedAt: '2026-11-23T10:00:00.000Z' },
};
const revocation: OutgoingMessage = { whatsappId: 'C2', to, replyTo: answered, content: { type: 'revocation' } };
const text: OutgoingMessage = { whatsappId: 'P1', to, content: { type: 'text', body: 'Open late' } };

const image = (encryptedSha256: string | null): OutgoingMedia<'image'> => ({
  type: 'image',
  upload: {
    url: 'https://h/1',
    directPath: '/1',
    encryptedSha256,
    handle: 'H1',
    uploadedAt: '2026-11-23T10:00:00.000Z',
  },
  mimeType: 'image/png',
  size: 1,
  sha256: 'aGFzaA==',
  caption: null,
  fileName: null,
  width: null,
  height: null,
  seconds: null,
  thumbnail: null,
  waveform: null,
  viewOnce: false,
  form: 'plain',
});

/** What it says, and the rest of the stanza. */
const parts = (message: OutgoingMessage, built: proto.IMessage) => {
  const { attrs, content } = postStanza(message, built);
  const [plain] = content as { tag: string; attrs: object; content: Uint8Array }[];
  return { attrs, tag: plain!.tag, of: plain!.attrs, said: proto.Message.decode(plain!.content).toJSON() };
};

describe('a post in a channel', () => {
  it('is sent as it is, without a secret', () => {
    const built = { conversation: 'Open late', messageContextInfo: { messageSecret: Buffer.alloc(32) } };
    expect(parts(text, built)).toEqual({
      attrs: { to, id: 'P1', type: 'text' },
      tag: 'plaintext',
      of: {},
      said: { conversation: 'Open late' },
    });
  });

  it('names the kind of its file, and the upload', () => {
    const { attrs, of } = parts({ whatsappId: 'P2', to, content: image(null) }, { imageMessage: {} });
    expect([attrs, of]).toEqual([{ to, id: 'P2', type: 'media', media_id: 'H1' }, { mediatype: 'image' }]);
  });

  it('is edited and deleted under its own id', () => {
    const built = { protocolMessage: { editedMessage: { conversation: 'Later' } } };
    expect(parts(edit, built)).toMatchObject({ attrs: { id: 'P1', edit: '3' }, said: { conversation: 'Later' } });
    expect(parts(revocation, { protocolMessage: {} })).toMatchObject({ attrs: { id: 'P1', edit: '8' }, said: {} });
    expect([edit, revocation, text].map(stanzaIdOf)).toEqual(['P1', 'P1', 'P1']);
    expect(stanzaIdOf({ ...edit, to: '491701234567@s.whatsapp.net' })).toBe('C1');
  });

  it('has no encrypted file, which nobody else may send', () => {
    const person = '491701234567@s.whatsapp.net';
    expect(() => assertUploadedFor({ to, content: image('c2VhbGVk') })).toThrow('not uploaded for this chat');
    expect(() => assertUploadedFor({ to: person, content: image(null) })).toThrow('not uploaded for this chat');
    assertUploadedFor({ to, content: image(null) });
    assertUploadedFor({ to: person, content: image('c2VhbGVk') });
    assertUploadedFor(text);
  });
});
