import './support/strict-signatures.js';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { downloadMediaMessage } from '@whiskeysockets/baileys';
import { Agent } from 'undici';
import type { Phone } from '#lib/whatsapp-sandbox';
import { jid } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { GroupEvents } from './support/group-events.js';
import { lid, reads, say, startPeople, statusesOf, type People } from './support/group-people.js';

describe('members of a group', () => {
  let people: People;
  let ada: People['ada'];
  let bob: People['bob'];
  let carol: Phone;
  let dave: Phone;
  let dispatcher: Agent;

  beforeAll(async () => {
    people = await startPeople();
    dispatcher = new Agent({ connect: { ca: people.sandbox.caCertificate } });
    ({ ada, bob, carol, dave } = people);
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await people.stop();
  });

  describe.each(['lid', 'pn'] as const)('messages in a group by %s', (addressing) => {
    const name = (phone: Phone): string => (addressing === 'lid' ? lid(phone) : jid(phone));
    let group: string;
    beforeAll(() => {
      const participants = [ada.phone, bob.phone, carol].map(({ number }) => number);
      group = dave.groups.create({ subject: addressing, participants, addressing }).jid;
    });

    afterEach(() => {
      expect(people.decryptFailures()).toEqual([]);
    });

    it('from a client are decrypted and confirmed by every phone and client', async () => {
      const events = new GroupEvents(ada.client);
      for (const text of ['first', 'second', 'third'].map((word) => `${word} by ${addressing}`)) {
        const id = await say(ada.client, group, text);
        expect((await ada.client.ackOf(id)).attrs.error).toBeUndefined();
        for (const phone of [bob.phone, carol, dave]) {
          const expected = { id, direction: 'incoming', from: ada.phone.number, fromDevice: 1, to: group, chat: group };
          expect(await reads(phone, text)).toMatchObject({ ...expected, addressing });
        }
        const { key } = await bob.client.received(text);
        expect(key).toMatchObject({ id, remoteJid: group, fromMe: false });
        expect(key.participant).toBe(name(ada.phone));
        expect(await reads(ada.phone, text)).toMatchObject({ direction: 'outgoing', chat: group, fromDevice: 1 });
        const everyone = [bob.phone, carol, dave].map(name).toSorted();
        await waitUntil('all have it', () => String(events.confirmedBy(id, 'delivered')) === String(everyone));
        carol.markRead(id);
        await bob.client.socket.readMessages([key]);
        const readers = [bob.phone, carol].map(name).toSorted();
        await waitUntil('two have read it', () => String(events.confirmedBy(id, 'read')) === String(readers));
      }
    });

    it('from a phone are decrypted and confirmed by every phone and client', async () => {
      for (const text of ['one', 'two', 'three'].map((word) => `${word} by ${addressing}`)) {
        const { id } = await carol.send({ to: group, type: 'text', text });
        for (const { client } of [ada, bob]) {
          const message = await client.received(text);
          expect(message.key).toMatchObject({ id, remoteJid: group, fromMe: false, participant: name(carol) });
          expect(message.pushName).toBe('Carol');
        }
        for (const phone of [ada.phone, bob.phone, dave]) {
          expect(await reads(phone, text)).toMatchObject({ id, from: carol.number, chat: group, addressing });
        }
        await ada.client.socket.readMessages([(await ada.client.received(text)).key]);
        await waitUntil('each member has confirmed', () => {
          const statuses = statusesOf(carol, id);
          const [first, ...others] = [ada.phone, bob.phone, dave].map(({ number }) => statuses[number]);
          return first === 'read' && others.every((status) => status === 'delivered');
        });
        expect(Object.keys(statusesOf(carol, id))).toHaveLength(3);
        expect(carol.messages().find((message) => message.id === id)?.status).toBe('delivered');
      }
    });

    it('can be replies, mentions and reactions', async () => {
      const asked = await carol.send({ to: group, type: 'text', text: `who comes? ${addressing}` });
      const question = await ada.client.received(`who comes? ${addressing}`);
      const answer = { text: `@dave and I ${addressing}`, mentions: [name(dave)] };
      const sent = await ada.client.socket.sendMessage(group, answer, { quoted: question });
      expect(await reads(carol, answer.text)).toMatchObject({
        replyTo: asked.id,
        mentions: [addressing === 'lid' ? dave.lid : dave.number],
      });
      const events = new GroupEvents(ada.client);
      await carol.send({ to: group, type: 'reaction', messageId: sent?.key.id ?? '', emoji: '🎉' });
      const [reaction] = await events.heard('messages.reaction', ([each]) => each?.key.id === sent?.key.id);
      expect(reaction).toMatchObject({ key: { remoteJid: group, fromMe: true }, reaction: { text: '🎉' } });
      const id = await say(ada.client, group, { react: { key: question.key, text: '👍' } });
      const liked = await waitUntil('the reaction comes', () => dave.messages().find((each) => each.id === id));
      expect(liked.reaction).toEqual({ messageId: asked.id, emoji: '👍' });

      const text = `then I will too ${addressing}`;
      const replyTo = sent?.key.id ?? '';
      await dave.send({ to: group, type: 'text', text, replyTo, mentions: [carol.number] });
      expect((await bob.client.received(text)).message?.extendedTextMessage?.contextInfo).toMatchObject({
        stanzaId: replyTo,
        participant: name(ada.phone),
        mentionedJid: [name(carol)],
        quotedMessage: { extendedTextMessage: { text: answer.text } },
      });
      expect(await reads(carol, text)).toMatchObject({ replyTo });
    });

    it('can have files', async () => {
      const file = randomBytes(30_000);
      const id = await say(ada.client, group, { image: file, caption: 'our house', jpegThumbnail: '' });
      const received = await waitUntil('the picture comes', () => carol.messages().find((each) => each.id === id));
      expect(received).toMatchObject({ type: 'image', text: 'our house', chat: group });
      expect(await carol.media(id)).toEqual(file);
      const photo = await carol.send({ to: group, type: 'document', bytes: file, fileName: 'plan.pdf' });
      const message = await waitUntil('it comes', () => bob.client.messages.find(({ key }) => key.id === photo.id));
      const options = { dispatcher } as unknown as RequestInit;
      expect(await downloadMediaMessage(message, 'buffer', { options })).toEqual(file);
    });
  });

  it('who has left shows nobody there what they are doing, and stays connected', async () => {
    const { id: group } = await people.everybody('Left');
    await ada.client.socket.groupLeave(group);
    await ada.client.socket.sendPresenceUpdate('composing', group);
    await say(ada.client, jid(carol), 'still connected');
    expect(await reads(carol, 'still connected')).toMatchObject({ chat: ada.phone.number });
  });
});
