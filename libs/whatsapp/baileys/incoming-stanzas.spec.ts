import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { proto, type BinaryNode, type WAMessage } from '@whiskeysockets/baileys';
import { MasterKey } from '#lib/vault';
import type { Report } from '../reports.js';
import { ArrivalJournal } from './arrival-journal.js';
import type { CredentialStore } from './credentials/port.js';
import { IncomingStanzas } from './incoming-stanzas.js';
import { baileysLogger } from './logger.js';
import { receivedSecrets } from './received-secrets.js';

const nothing = (): void => undefined;
const store = {
  write: async () => undefined,
  arrivals: async () => [],
} satisfies Partial<CredentialStore> as Partial<CredentialStore> as CredentialStore;
const me = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const viewOnce: BinaryNode = { tag: 'unavailable', attrs: { type: 'view_once' } };
const encrypted: BinaryNode = { tag: 'enc', attrs: { type: 'msg' }, content: Buffer.from('ciphertext') };

/** What happened, in order: the reports, and `confirmed` where Baileys got a stanza and so confirmed it. */
let happened: (Report | 'confirmed')[];
let recording: () => Promise<void>;
let incoming: IncomingStanzas;
let journal: ArrivalJournal;
let isOver: boolean;

beforeEach(() => {
  journal = new ArrivalJournal('one', store);
  happened = [];
  isOver = false;
  recording = async () => undefined;
  incoming = new IncomingStanzas({
    journal,
    account: () => me,
    secrets: receivedSecrets(new MasterKey(randomBytes(32)), 'one'),
    isOver: () => isOver,
    report: (report) => {
      happened.push(report);
      return recording();
    },
    logger: baileysLogger('one', { debug: nothing, warn: nothing, error: nothing }),
  });
});

/** Resolves when the stanza has been processed. */
const arrive = async (content: readonly BinaryNode[], attrs: Readonly<Record<string, string>> = {}): Promise<void> => {
  const stanza = {
    tag: 'message',
    attrs: { id: 'A1', from: '491702222222@s.whatsapp.net', t: '1767323045', type: 'media', ...attrs },
    content: [...content],
  };
  incoming.messageStanza(stanza, async () => void happened.push('confirmed'));
  await new Promise<void>((resolve) => {
    const last = stanza.attrs.from.endsWith('@newsletter')
      ? { ...stanza, attrs: { ...stanza.attrs, edit: '' }, content: [] }
      : { ...stanza, attrs: { ...stanza.attrs, from: '491702222222@s.whatsapp.net', category: 'peer' } };
    incoming.messageStanza(last, async () => resolve());
  });
  await new Promise(setImmediate);
};

const unreadable = (reason: string) => ({
  kind: 'message',
  message: { key: { whatsappId: 'A1', fromMe: false }, content: { type: 'unreadable', reason } },
});

describe('a post in a channel', () => {
  const channel = '120363400000000001@newsletter';
  const plain = (message: proto.IMessage): BinaryNode => ({
    tag: 'plaintext',
    attrs: {},
    content: proto.Message.encode(message).finish(),
  });
  const of = (attrs: Readonly<Record<string, string>> = {}) => ({ from: channel, type: 'text', ...attrs });

  it('is confirmed once it is recorded', async () => {
    await arrive([plain({ conversation: 'Open late' })], of());
    const chat = { jid: channel, phoneNumber: null, lid: null };
    const message = { key: { whatsappId: 'A1', chat: channel, fromMe: false, participant: null }, chat, sender: chat };
    const content = { type: 'text', body: 'Open late' };
    expect(happened).toMatchObject([{ kind: 'message', message: { ...message, content } }, 'confirmed']);
  });

  it('is not confirmed where it could not be recorded', async () => {
    recording = () => Promise.reject(new Error('The disk is full'));
    await arrive([plain({ conversation: 'Open late' })], of());
    expect(happened).toMatchObject([{ kind: 'message' }]);
  });

  it('is changed under its own id: each change is told apart', async () => {
    const changed = (msg_edit_t: string): BinaryNode => ({ tag: 'meta', attrs: { msg_edit_t } });
    await arrive([plain({ conversation: 'Closed' }), changed('1')], of({ edit: '3' }));
    await arrive([plain({ conversation: 'Open' }), changed('2')], of({ edit: '3' }));
    await arrive([plain({}), changed('3')], of({ edit: '8' }));
    const reports = happened.filter((each) => each !== 'confirmed');
    const author = { jid: channel };
    expect(reports).toMatchObject([
      { kind: 'edited', whatsappId: 'A1', content: { body: 'Closed' }, message: { sender: author } },
      { kind: 'edited', whatsappId: 'A1', content: { body: 'Open' } },
      { kind: 'revoked', whatsappId: 'A1', author },
    ]);
    const ids = reports.map((each) => 'message' in each && each.message.key.whatsappId);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['no message', [{ tag: 'plaintext', attrs: {}, content: Buffer.from([255, 255, 255]) }], {}],
    ['nothing', [], {}],
    ['empty', [plain({})], {}],
    ['an edit that says nothing', [plain({})], { edit: '3' }],
  ])('that is %s is confirmed, and not reported', async (_what, content, attrs) => {
    await arrive(content, of(attrs));
    expect(happened).toEqual(['confirmed']);
  });

  it('is not reported a second time when Baileys has confirmed it', () => {
    const key = { id: 'A1', remoteJid: channel, fromMe: false };
    const message = proto.WebMessageInfo.fromObject({ key, message: {} });
    incoming.messages({ messages: [message as WAMessage], type: 'notify' });
    expect(happened).toEqual([]);
  });

  it.each([
    ['edits', { protocolMessage: { key: { id: 'X' }, type: 14, editedMessage: { conversation: 'Forged' } } }, {}],
    ['edits', { protocolMessage: { key: { id: 'X' }, type: 14, editedMessage: {} } }, { edit: '3' }],
    ['deletes', { protocolMessage: { key: { id: 'X' }, type: 0 } }, {}],
    ['reacts to', { reactionMessage: { key: { id: 'X', fromMe: true }, text: '👍' } }, {}],
    ['reacts to', { reactionMessage: { key: { id: 'A1' }, text: '👍' } }, {}],
  ])('that %s another message is confirmed, and not reported', async (_what, message, attrs) => {
    await arrive([plain(message)], of(attrs));
    expect(happened).toEqual(['confirmed']);
  });

  it('is edited and deleted by what names it, too', async () => {
    const key = { id: 'A1' };
    await arrive([plain({ protocolMessage: { key, type: 14, editedMessage: { conversation: 'Closed' } } })], of());
    await arrive([plain({ protocolMessage: { key, type: 0 } })], of());
    expect(happened.filter((each) => each !== 'confirmed')).toMatchObject([
      { kind: 'edited', whatsappId: 'A1', content: { body: 'Closed' } },
      { kind: 'revoked', whatsappId: 'A1' },
    ]);
  });

  it('holds up no message while it cannot be recorded, but the later posts of its channel', async () => {
    let record!: () => void;
    const isBeingRecorded = new Promise<void>((begun) => {
      recording = () => {
        begun();
        return new Promise((resolve) => (record = resolve));
      };
    });
    const post = (id: string): void => {
      const content = [plain({ conversation: id })];
      const stanza = { tag: 'message', attrs: { id, from: channel, t: '1767323045', type: 'text' }, content };
      incoming.messageStanza(stanza, async () => void happened.push('confirmed'));
    };
    post('P1');
    post('P2');
    await isBeingRecorded;
    recording = async () => undefined;
    await arrive([viewOnce]);
    expect(happened).toMatchObject([{ message: { key: { whatsappId: 'P1' } } }, unreadable('view_once'), 'confirmed']);
    record();
    await arrive([], of());
    expect(happened.slice(3)).toMatchObject([
      'confirmed',
      { message: { key: { whatsappId: 'P2' } } },
      'confirmed',
      'confirmed',
    ]);
  });
});

describe('a message of which nothing can be read', () => {
  it('is reported before it is confirmed, where WhatsApp gives it to the phone only', async () => {
    await arrive([viewOnce]);
    expect(happened).toMatchObject([unreadable('view_once'), 'confirmed']);
    await arrive([]);
    expect(happened.slice(2)).toMatchObject([unreadable('withheld'), 'confirmed']);
  });

  it('is not confirmed where that cannot be recorded, so that WhatsApp sends it again', async () => {
    recording = () => Promise.reject(new Error('The disk is full'));
    await arrive([viewOnce]);
    expect(happened).toMatchObject([unreadable('view_once')]);
  });

  it('is reported where Baileys could not decrypt it', async () => {
    await arrive([encrypted]);
    expect(happened).toMatchObject(['confirmed', unreadable('undecrypted')]);
  });

  it('is not reported where the connection ended meanwhile: WhatsApp sends it again', async () => {
    const attrs = { id: 'A1', from: '491702222222@s.whatsapp.net', t: '1767323045', type: 'media' };
    incoming.messageStanza({ tag: 'message', attrs, content: [encrypted] }, async () => {
      isOver = true;
    });
    await turn();
    expect({ isOver, happened }).toEqual({ isOver: true, happened: [] });
  });

  it.each([
    ['a reaction', { type: 'reaction' }],
    ['a vote', { type: 'poll' }],
    ['an edit or revocation', { edit: '7' }],
    ['of the account’s own devices', { category: 'peer' }],
    ['a channel without a post', { from: '120363400000000001@newsletter' }],
    ['without a sender', { from: '' }],
  ])('is not reported where it is no message for people: %s', async (_kind, attrs) => {
    await arrive([encrypted], attrs);
    await arrive([], attrs);
    expect(happened).toEqual(['confirmed', 'confirmed']);
  });

  it.each([
    ['our own', { participant: me.lid, fromMe: false }, null, '491701111111@s.whatsapp.net'],
    ['their own', { participant: '222222222222222@lid', fromMe: true }, '222222222222222@lid', '222222222222222@lid'],
  ])('is reported as the phone tells it: a vote on %s poll', (_whose, key, author, pollAuthor) => {
    const sealed = { encPayload: Buffer.from('sealed'), encIv: randomBytes(12) };
    const message = proto.WebMessageInfo.fromObject({
      key: { id: 'A1', remoteJid: '1203630@g.us', participant: '222222222222222@lid', fromMe: false },
      message: { pollUpdateMessage: { pollCreationMessageKey: { id: 'P1', ...key }, vote: sealed } },
    });
    incoming.messages({ messages: [message as WAMessage], type: 'notify' });
    expect(happened).toMatchObject([
      { kind: 'sealed_vote', whatsappId: 'P1', author: author && { jid: author }, pollAuthor: { jid: pollAuthor } },
    ]);
  });

  it('is reported where it is a poll', async () => {
    await arrive([encrypted, { tag: 'meta', attrs: { polltype: 'creation' } }], { type: 'poll' });
    expect(happened).toMatchObject(['confirmed', unreadable('undecrypted')]);
  });
});

describe('messages that come at once', () => {
  const text = (id: string, ciphertext: Buffer): BinaryNode => ({
    tag: 'message',
    attrs: { id, from: '491702222222@s.whatsapp.net', t: '1767323045', type: 'text' },
    content: [{ tag: 'enc', attrs: { type: 'msg', v: '2' }, content: ciphertext }],
  });
  const plaintext = (body: string): Buffer =>
    Buffer.concat([proto.Message.encode({ conversation: body }).finish(), Buffer.of(1)]);
  const turn = () => new Promise(setImmediate);

  /** Lets Baileys decrypt them; the promises say how their storing ends. */
  const receive = (stored: { readonly [id: string]: Promise<void> }): readonly string[] => {
    const decrypted: string[] = [];
    for (const [id, storing] of Object.entries(stored)) {
      const ciphertext = Buffer.from(`sealed ${id}`);
      incoming.messageStanza(text(id, ciphertext), async () => {
        decrypted.push(id);
        journal.add(ciphertext, plaintext(id), () => storing).catch(() => undefined);
      });
    }
    return decrypted;
  };
  const reported = () => happened.map((each) => (each as { message?: { content: unknown } }).message?.content);

  it('are decrypted while earlier ones are being stored, and reported in order once they are', async () => {
    let finish!: () => void;
    const decrypted = receive({ A1: new Promise((resolve) => (finish = resolve)), A2: Promise.resolve() });
    while (decrypted.length < 2) await turn();
    await turn();
    expect(happened).toEqual([]);
    finish();
    await turn();
    expect(reported()).toMatchObject([{ body: 'A1' }, { body: 'A2' }]);
  });

  it('are not reported where they could not be stored: they come again', async () => {
    const decrypted = receive({ A1: Promise.reject(new Error('The disk is full')), A2: Promise.resolve() });
    while (decrypted.length < 2) await turn();
    await turn();
    expect(reported()).toMatchObject([{ body: 'A2' }]);
  });

  it('are decrypted only so far ahead of the disk', async () => {
    let finish!: () => void;
    const storing = new Promise<void>((resolve) => (finish = resolve));
    const decrypted = receive(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`A${index}`, storing])));
    while (decrypted.length < 100) await turn();
    await turn();
    expect(decrypted).toHaveLength(100);
    finish();
    while (decrypted.length < 150) await turn();
  });
});
