import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { TestClient } from '../sandbox/support/client.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { linkRawClient } from '../support/raw-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Listed = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let raw: TestClient;
let to: string;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  raw = await linkRawClient(waybill.sandbox, friend);
  to = `${client.session.phone.number}@s.whatsapp.net`;
}, 60_000);

afterAll(async () => {
  await raw.disconnect();
  await waybill.end();
});

const newId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;

const send = async (message: proto.IMessage, more: object = {}): Promise<string> => {
  const messageId = newId();
  await raw.socket.relayMessage(to, message, { messageId, ...more });
  return messageId;
};

const received = async (): Promise<readonly Listed[]> =>
  ((await client.list({ direction: 'incoming', limit: '100' })).body as { readonly data: readonly Listed[] }).data;

/** Sends a message, and answers what is recorded of it. */
const recorded = async (message: proto.IMessage): Promise<Listed> => {
  const before = (await received()).length;
  await send(message);
  return eventually(async () => {
    const all = await received();
    return all.length > before && all[0]!;
  });
};

describe('a message in a form that only businesses and newer apps use', () => {
  it('is a text: a template, a list, one in an unknown wrapper', async () => {
    const hydratedTemplate = { hydratedTitleText: 'Your order', hydratedContentText: 'is on its way' };
    const template = await recorded({ templateMessage: { hydratedTemplate } });
    expect(template).toMatchObject({ type: 'text', text: { body: 'Your order\nis on its way' } });
    expect(await recorded({ listMessage: { title: 'Tea', description: 'Which?', listType: 1 } })).toMatchObject({
      text: { body: 'Tea\nWhich?' },
    });
    expect(await recorded({ botInvokeMessage: { message: { conversation: 'hey bot' } } })).toMatchObject({
      text: { body: 'hey bot' },
    });
  });

  it('says what was tapped', async () => {
    const buttonsResponseMessage = { selectedButtonId: 'b1', selectedDisplayText: 'Green tea', type: 1 };
    expect(await recorded({ buttonsResponseMessage })).toMatchObject({
      type: 'text',
      text: { body: 'Green tea' },
      selection: { id: 'b1', text: 'Green tea' },
    });
  });

  it('says through which ad it came', async () => {
    const externalAdReply = { title: 'Tea', sourceType: 'ad', sourceId: '7', ctwaClid: 'click' };
    expect(await recorded({ extendedTextMessage: { text: 'Hi', contextInfo: { externalAdReply } } })).toMatchObject({
      text: { body: 'Hi' },
      referral: { sourceType: 'ad', sourceId: '7', headline: 'Tea', ctwaClid: 'click' },
    });
  });
});

describe('a message with values that no phone would send', () => {
  it('is recorded in bounds, or as not supported with WhatsApp’s name of its kind', async () => {
    expect(await recorded({ locationMessage: { degreesLatitude: NaN, degreesLongitude: Infinity } })).toMatchObject({
      type: 'unsupported',
      unsupported: { rawType: 'locationMessage' },
    });
    const long = await recorded({ conversation: 'x'.repeat(100_000) });
    expect((long['text'] as { readonly body: string }).body).toHaveLength(65_536);
    expect(waybill.output()).not.toContain('not recorded');
  });
});

describe('a sealed edit', () => {
  /** As phones seal it. */
  const seal = (secret: Buffer, id: string): proto.IMessage => {
    const author = `${friend.number}@s.whatsapp.net`;
    const key = { remoteJid: to, fromMe: true, id };
    const type = proto.Message.ProtocolMessage.Type.MESSAGE_EDIT;
    const protocolMessage = { key, type, editedMessage: { conversation: 'at six' } };
    const encIv = randomBytes(12);
    const sealingKey = hkdfSync('sha256', secret, Buffer.alloc(32), `${id}${author}${author}Message Edit`, 32);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(sealingKey), encIv);
    const text = [cipher.update(proto.Message.encode({ protocolMessage }).finish()), cipher.final()];
    const encPayload = Buffer.concat([...text, cipher.getAuthTag()]);
    return { secretEncryptedMessage: { targetMessageKey: key, encPayload, encIv, secretEncType: 2 } };
  };
  const asEdit = { additionalAttributes: { edit: '1' } };

  it('changes its message, and is no message itself; one that cannot be opened changes nothing', async () => {
    const [messageSecret, messageId] = [randomBytes(32), newId()];
    const before = (await received()).length;
    await send({ conversation: 'at five', messageContextInfo: { messageSecret } }, { messageId });
    await send(seal(randomBytes(32), messageId), asEdit);
    await send(seal(messageSecret, messageId), asEdit);
    await eventually(async () => (await received()).some((each) => JSON.stringify(each['text']).includes('at six')));
    const all = await received();
    expect(all).toHaveLength(before + 1);
    expect(all[0]).toMatchObject({ text: { body: 'at six' }, editedAt: expect.any(String) });
  });
});

describe('a reaction', () => {
  it('that arrives before its message waits for it', async () => {
    const messageId = newId();
    await send({ reactionMessage: { key: { remoteJid: to, fromMe: true, id: messageId }, text: '👍' } });
    await send({ conversation: 'liked before' }, { messageId });
    const message = await eventually(
      async () => (await received()).find(({ text }) => JSON.stringify(text)?.includes('liked before')) ?? false,
    );
    const { timeline } = await client.get(message.id);
    expect(timeline.map(({ event }) => event)).toEqual(['change_awaited', 'received', 'reaction']);
  });
});

describe('a sealed edit that the account’s owner makes on the phone', () => {
  it('changes the message that was sent over the API', async () => {
    const id = await client.send(friend, 'at five, from here');
    await client.until(id, 'delivered');
    const { number } = client.session.phone;
    type Shown = { readonly id: string; readonly text?: string };
    const shown = await eventually(async () =>
      (await waybill.sandbox.messages<Shown>(number)).find(({ text }) => text === 'at five, from here'),
    );
    const edit = { messageId: shown?.id, text: 'at six, from here', sealed: true };
    await waybill.sandbox.ask(`POST /phones/${number}/messages`, { to: friend.number, type: 'edit', edit });
    const edited = await eventually(async () => {
      const message = (await client.call(`GET /v1/messages/${id}`)).body as Listed;
      return message['editedAt'] !== null && message;
    });
    expect(edited).toMatchObject({ text: { body: 'at six, from here' }, direction: 'outgoing' });
  });
});

describe('a revocation', () => {
  it('that arrives before its message waits for it', async () => {
    const messageId = newId();
    const key = { remoteJid: to, fromMe: true, id: messageId };
    await send({ protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.REVOKE } });
    await send({ conversation: 'too late' }, { messageId });
    const message = await eventually(async () => {
      const [last] = await received();
      return JSON.stringify(last?.['text']).includes('too late') && last;
    });
    expect(message).toMatchObject({ revokedAt: expect.any(String) });
  });

  it('of another member’s message in a group counts only where an admin sends it', async () => {
    const admin = await waybill.sandbox.newPhone({ name: 'Admin' });
    const participants = [client.session.phone.number, friend.number];
    const group = { subject: 'Friends', participants };
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${admin.number}/groups`, group);
    const say = (from: SandboxPhone, message: object) =>
      waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${from.number}/messages`, { to: jid, ...message });
    const inGroup = async () => (await received()).filter(({ chat }) => chat === jid);

    const { id } = await say(admin, { type: 'text', text: 'keep this' });
    const [kept] = await eventually(async () => (await inGroup()).length === 1 && (await inGroup()));
    const key = { remoteJid: jid, fromMe: false, id, participant: `${admin.number}@s.whatsapp.net` };
    await raw.socket.sendMessage(jid, { delete: key });
    const theirs = await say(friend, { type: 'text', text: 'delete that' });
    await eventually(async () => (await inGroup()).length === 2);
    await say(admin, { type: 'revoke', revoke: { messageId: theirs.id } });
    const [revoked] = await eventually(async () => {
      const all = await inGroup();
      return all[0]?.['revokedAt'] != null && all;
    });
    expect(revoked).toMatchObject({ text: { body: 'delete that' } });
    expect((await inGroup()).find(({ id: each }) => each === kept?.id)).toMatchObject({ revokedAt: null });
  });
});
