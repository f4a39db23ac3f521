import { expect, it } from '@jest/globals';
import { messageIdFor } from '#lib/whatsapp';
import { eventually } from '../../support/eventually.js';
import { textsFrom } from '../support/expectations.js';
import { linked, linkedAlone } from '../support/fixtures.js';
import { textsOf } from '../support/gateway.js';

/** What arrived and is not recorded yet. */
export const redeliveryCases = (): void => {
  it(
    'reports messages again that were not recorded, in order, although WhatsApp no longer has them',
    linkedAlone(async ({ gateway, phone, friend }) => {
      const send = (text: string) => friend.send({ to: phone.number, type: 'text', text });
      await send('recorded');
      await gateway.nth('message', 1);
      gateway.recording = () => Promise.reject(new Error('The disk is full'));
      await send('refused');
      await gateway.nth('message', 2);
      gateway.recording = () => new Promise(() => undefined);
      await send('cut off');
      await gateway.nth('message', 3);
      await eventually(() => phone.devices()[0]?.waiting === 0);

      await gateway.close();
      gateway.recording = () => Promise.resolve();
      await gateway.reopen();
      await gateway.start();
      expect(textsFrom(gateway, friend.number)).toEqual(['recorded', 'refused', 'cut off', 'refused', 'cut off']);
      await send('new');
      await gateway.nth('message', 6);

      await gateway.close();
      await gateway.reopen();
      await gateway.start();
      expect(gateway.all('message')).toHaveLength(6);
    }),
  );

  it(
    'recognizes a recorded message that WhatsApp sends again after a clean stop, because it missed the receipt',
    linkedAlone(async ({ sandbox, gateway, phone, friend }) => {
      sandbox.transcript.setCapacity(1_000);
      sandbox.faults.add({ kind: 'lose-receipt', number: phone.number, ms: 60_000 });
      await friend.send({ to: phone.number, type: 'text', text: 'once' });
      await gateway.nth('message', 1);
      await gateway.close();
      await gateway.reopen();
      await gateway.start();
      await friend.send({ to: phone.number, type: 'text', text: 'after it' });
      await gateway.nth('message', 2);
      await eventually(() => phone.devices()[0]?.waiting === 0);
      expect(textsFrom(gateway, friend.number)).toEqual(['once', 'after it']);
      const retries = sandbox.transcript.entries().filter(({ stanza }) => stanza.attrs['type'] === 'retry');
      expect(retries).toEqual([]);
    }),
  );

  it(
    'reports again what changed in the address book of the account where that was not recorded',
    linkedAlone(async ({ sandbox, gateway, phone }) => {
      const called = (name: string) =>
        gateway.all('contacts').flatMap(({ contacts }) => contacts.filter(({ savedName }) => savedName === name));
      const recordingContacts = (recording: () => Promise<void>): void => {
        gateway.recording = ({ kind }) => (kind === 'contacts' ? recording() : Promise.resolve());
      };
      const save = async (name: string) => {
        phone.addressBook.save(sandbox.phones.create({}).number, name);
        await eventually(() => called(name).length > 0);
      };
      await save('recorded');
      await eventually(() => phone.devices()[0]?.waiting === 0);
      recordingContacts(() => Promise.reject(new Error('The disk is full')));
      await save('refused');
      recordingContacts(() => new Promise(() => undefined));
      await save('cut off');
      expect(called('refused')).toHaveLength(2); // it was read again
      expect(phone.devices()[0]?.waiting).toBe(2);

      await gateway.close();
      gateway.recording = () => Promise.resolve();
      await gateway.reopen();
      await gateway.start();
      await eventually(() => called('cut off').length === 2 && phone.devices()[0]?.waiting === 0);
      expect([called('recorded').length, called('refused').length]).toEqual([1, 3]);
    }),
  );

  it(
    'does not take what was done here with a chat for something done elsewhere, when it reads on after a restart',
    linkedAlone(async ({ sandbox, gateway, phone, friend }) => {
      await friend.send({ to: phone.number, type: 'text', text: 'hello' });
      const { message } = await gateway.nth('message', 1);
      const last = { ...message.key, sentAt: message.sentAt };
      await gateway.connections.accounts.markChat('one', { archived: true }, last);
      await friend.send({ to: phone.number, type: 'text', text: 'stored after it' });
      await gateway.nth('message', 2);
      await gateway.close();
      await gateway.reopen();
      await gateway.start();
      phone.chatMarks.mark(sandbox.phones.create({}).number, { archived: false });
      await gateway.nth('chat_marked', 1);
      await eventually(() => phone.devices()[0]?.waiting === 0);
      expect(gateway.all('chat_marked').map(({ mark }) => mark)).toEqual([{ archived: false }]);
    }),
  );

  it(
    'confirms a receipt only when it is recorded',
    linked(async ({ gateway, phone, friend }) => {
      gateway.recording = ({ kind }) => (kind === 'receipt' ? new Promise(() => undefined) : Promise.resolve());
      await gateway.send(friend, 'hello');
      const delivered = () => gateway.all('receipt').filter(({ receipt }) => receipt.status === 'delivered');
      await eventually(() => delivered().length === 1);
      await eventually(() => phone.devices()[0]?.waiting === 1); // the copies of the message are confirmed, the receipt is not
      gateway.recording = () => Promise.resolve();
      await gateway.connections.stop('one');
      await gateway.start();
      await eventually(() => delivered().length === 2 && phone.devices()[0]?.waiting === 0);
    }),
  );

  it(
    'reports receipts that arrived while it was offline',
    linked(async ({ gateway, friend }) => {
      friend.set({ receipts: 'none' });
      await gateway.send(friend, 'on its way');
      await eventually(() => textsOf(friend).includes('on its way'));
      await gateway.connections.stop('one');
      friend.markRead(messageIdFor('on its way'));
      await gateway.start();
      await eventually(() => gateway.all('receipt').some(({ receipt }) => receipt.status === 'read'));
    }),
  );
};
