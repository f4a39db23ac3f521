import { expect, it } from '@jest/globals';
import { messageIdFor } from '#lib/whatsapp';
import { eventually } from '../../support/eventually.js';
import { linked } from '../support/fixtures.js';
import { textsOf } from '../support/gateway.js';

/** Messages from here. */
export const sendingCases = (): void => {
  it(
    'reports that a message is delivered and read',
    linked(async ({ gateway, phone, friend }) => {
      friend.set({ receipts: 'read' });
      const before = Date.now();
      const { sentAt } = await gateway.send(friend, 'hello');
      expect(Date.parse(sentAt)).toBeGreaterThan(before - 1_000); // in seconds
      expect(Date.parse(sentAt)).toBeLessThanOrEqual(Date.now());
      await eventually(() => gateway.all('receipt').length >= 2);
      expect(gateway.all('receipt').map(({ receipt }) => receipt)).toEqual(
        ['delivered', 'read'].map((status) => ({
          status,
          whatsappIds: [messageIdFor('hello')],
          at: expect.any(String),
          chat: `${friend.lid}@lid`, // as it was addressed
          participant: null,
        })),
      );
      expect(friend.messages()).toMatchObject([{ id: messageIdFor('hello'), text: 'hello', from: phone.number }]);
    }),
  );

  it(
    'sends to a LID',
    linked(async ({ gateway, friend }) => {
      await gateway.send(`${friend.lid}@lid`, 'hidden');
      await eventually(() => textsOf(friend).includes('hidden'));
    }),
  );

  it(
    'sends replies and mentions',
    linked(async ({ gateway, phone, friend }) => {
      const asked = await friend.send({ to: phone.number, type: 'text', text: 'Are you open?' });
      const { message } = await gateway.nth('message', 1);
      await gateway.connections.send('one', {
        whatsappId: messageIdFor('answer'),
        to: message.key.chat,
        content: { type: 'text', body: `Yes @${friend.number}`, mentions: [`+${friend.number}`] },
        replyTo: { ...message.key, text: 'Are you open?' },
      });
      await eventually(() => textsOf(friend).length === 1);
      expect(friend.messages().at(-1)).toMatchObject({ replyTo: asked.id, mentions: [friend.number] });
    }),
  );

  it(
    'sends concurrent messages in the order of the calls',
    linked(async ({ gateway, friend }) => {
      const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
      await Promise.all(texts.map((text) => gateway.send(friend, text)));
      await eventually(() => textsOf(friend).length === texts.length);
      expect(textsOf(friend)).toEqual(texts);
    }),
  );

  it(
    'sends an id once when it is given twice at the same time',
    linked(async ({ gateway, friend }) => {
      await Promise.all([gateway.send(friend, 'twice'), gateway.send(friend, 'twice')]);
      await gateway.send(friend, 'end');
      await eventually(() => textsOf(friend).includes('end'));
      expect(friend.messages().map(({ text }) => text)).toEqual(['twice', 'end']);
    }),
  );

  it(
    'sends to a number whose LID WhatsApp does not tell',
    linked(async ({ gateway, friend }) => {
      friend.set({ lidKnown: false });
      await gateway.send(friend, 'by number');
      await eventually(() => textsOf(friend).includes('by number'));
    }),
  );

  it(
    'leaves out a device that WhatsApp has no keys of, and sends to the others',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const silent = sandbox.phones.create({ name: 'Bob' });
      const { jid } = friend.groups.create({ subject: 'Friends', participants: [phone.number, silent.number] });
      sandbox.faults.add({ kind: 'no-keys', number: silent.number, count: 1000 });
      await gateway.send(jid, 'hello all');
      await eventually(() => textsOf(friend).includes('hello all'));
    }),
  );

  it(
    'does not repeat a message that must not be sent again',
    linked(async ({ sandbox, gateway, friend }) => {
      await gateway.send(friend, 'deleted meanwhile');
      await eventually(() => textsOf(friend).includes('deleted meanwhile'));
      gateway.sent.clear();
      sandbox.faults.add({ kind: 'retry' });
      const whatsappId = messageIdFor('never shown');
      const content = { type: 'text', body: 'never shown' } as const;
      await gateway.connections.send('one', { whatsappId, to: `${friend.number}@s.whatsapp.net`, content });
      await eventually(() => gateway.askedFor.includes(whatsappId));
      await gateway.send(friend, 'next');
      await eventually(() => textsOf(friend).includes('next'));
      expect(textsOf(friend)).toEqual(['deleted meanwhile', 'next']);
    }),
  );

  it(
    'repeats a message that its receiver could not decrypt',
    linked(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'retry' });
      await gateway.send(friend, 'say again');
      await eventually(() => textsOf(friend).includes('say again'));
    }),
  );
};
