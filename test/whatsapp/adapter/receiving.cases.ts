import { expect, it } from '@jest/globals';
import { messageIdFor } from '#lib/whatsapp';
import type { Phone } from '#lib/whatsapp-sandbox';
import { eventually } from '../../support/eventually.js';
import { textsFrom } from '../support/expectations.js';
import { linked } from '../support/fixtures.js';
import { textsOf } from '../support/gateway.js';

/** Messages to here. */
export const receivingCases = (): void => {
  it(
    'receives messages, edits, revocations and reactions',
    linked(async ({ gateway, phone, friend }) => {
      const { id } = await friend.send({ to: phone.number, type: 'text', text: 'hello' });
      expect((await gateway.nth('message', 1)).message).toMatchObject({
        key: { whatsappId: id, chat: `${friend.number}@s.whatsapp.net`, fromMe: false, participant: null },
        sender: { phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` },
        pushName: 'Ada',
        content: { type: 'text', body: 'hello' },
        wasWaiting: false,
        replyTo: null,
      });
      await friend.send({ to: phone.number, type: 'edit', messageId: id, text: 'hallo' });
      expect(await gateway.nth('edited', 1)).toMatchObject({ whatsappId: id, content: { body: 'hallo' } });
      await gateway.send(friend, 'mine');
      await eventually(() => textsOf(friend).includes('mine'));
      await friend.send({ to: phone.number, type: 'reaction', messageId: messageIdFor('mine'), emoji: '❤️' });
      expect(await gateway.nth('reaction', 1)).toMatchObject({ whatsappId: messageIdFor('mine'), emoji: '❤️' });
      await friend.send({ to: phone.number, type: 'revoke', messageId: id });
      expect(await gateway.nth('revoked', 1)).toMatchObject({ whatsappId: id });
      expect(gateway.all('message')).toHaveLength(1);
    }),
  );

  it(
    'receives messages that were written on its own phone as its own',
    linked(async ({ gateway, phone, friend }) => {
      await phone.send({ to: friend.number, type: 'text', text: 'from the phone' });
      expect((await gateway.nth('message', 1)).message).toMatchObject({
        key: { chat: `${friend.number}@s.whatsapp.net`, fromMe: true },
        chat: { phoneNumber: `+${friend.number}` },
        sender: { phoneNumber: `+${phone.number}`, lid: `${phone.lid}@lid` },
      });
    }),
  );

  it(
    'receives messages that were sent while it was offline, once',
    linked(async ({ gateway, phone, friend }) => {
      await gateway.connections.stop('one');
      await friend.send({ to: phone.number, type: 'text', text: 'missed' });
      await gateway.start();
      const { message } = await gateway.nth('message', 1);
      expect(message).toMatchObject({ content: { body: 'missed' }, wasWaiting: true });
      await eventually(() => phone.devices()[0]?.waiting === 0);
      expect(gateway.all('message')).toHaveLength(1);
    }),
  );

  it(
    'receives messages in quick succession in order, also from new people',
    linked(async ({ sandbox, gateway, phone }) => {
      const friends = Array.from({ length: 5 }, () => sandbox.phones.create());
      const bodies = ['one', 'two', 'three', 'four', 'five'];
      const send = (from: Phone, text: string) => from.send({ to: phone.number, type: 'text', text });
      await Promise.all(friends.flatMap((from) => bodies.map((text) => send(from, text))));
      await eventually(() => gateway.all('message').length === friends.length * bodies.length);
      for (const { number } of friends) expect(textsFrom(gateway, number)).toEqual(bodies);
    }),
  );

  it(
    'receives the messages that waited before newer ones',
    linked(async ({ gateway, phone, friend }) => {
      await gateway.connections.stop('one');
      const bodies = Array.from({ length: 60 }, (_, n) => `number ${n}`);
      const send = (text: string) => friend.send({ to: phone.number, type: 'text', text });
      for (const body of bodies.slice(0, 30)) await send(body);
      await gateway.start();
      await Promise.all(bodies.slice(30).map(send));
      await eventually(() => gateway.all('message').length === bodies.length);
      expect(textsFrom(gateway, friend.number)).toEqual(bodies);
    }),
  );

  it(
    'sends to and receives from a group, with receipts of each member',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const third = sandbox.phones.create({ name: 'Bob' });
      const { jid } = friend.groups.create({ subject: 'Friends', participants: [phone.number, third.number] });
      await friend.send({ to: jid, type: 'text', text: 'hello all' });
      expect((await gateway.nth('message', 1)).message).toMatchObject({
        key: { chat: jid, participant: expect.stringContaining('@') },
        sender: { phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` },
        content: { body: 'hello all' },
      });
      await gateway.send(jid, 'hello both');
      await eventually(() => [friend, third].every((each) => textsOf(each).includes('hello both')));
      const readers = () =>
        gateway.all('receipt').filter(({ receipt }) => receipt.status === 'delivered' && receipt.participant);
      await eventually(() => new Set(readers().map(({ receipt }) => receipt.participant)).size === 2);
      expect(new Set(readers().map(({ receipt }) => receipt.chat))).toEqual(new Set([jid]));
    }),
  );
};
