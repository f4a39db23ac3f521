import './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jid } from './support/client.js';
import { lid, reads, startPeople, type People } from './support/group-people.js';
import { waitUntil } from './support/wait-until.js';

const status = 'status@broadcast';

describe('a status post', () => {
  let people: People;

  beforeAll(async () => {
    people = await startPeople();
  });
  afterAll(() => people.stop());

  it('of a client reaches the devices for which it has the sender key', async () => {
    const { ada, bob, carol, dave } = people;
    const statusJidList = [bob.phone, carol].map(jid);
    await ada.client.socket.sendMessage(status, { text: 'open late' }, { statusJidList });
    expect(await reads(carol, 'open late')).toMatchObject({ chat: status, to: status, from: ada.phone.number });
    await reads(bob.phone, 'open late');
    const { key } = await bob.client.received('open late');
    expect(key).toMatchObject({ remoteJid: status, fromMe: false });
    await carol.send({ to: dave.number, type: 'text', text: 'end' });
    await reads(dave, 'end');
    expect(dave.messages().map(({ text }) => text)).toEqual(['end']);
  });

  it('does not come back to the client that sent it, although that names its own account', async () => {
    const { ada, carol } = people;
    const statusJidList = [lid(ada.phone), jid(carol)];
    await ada.client.socket.sendMessage(status, { text: 'seen by all of mine' }, { statusJidList });
    await reads(carol, 'seen by all of mine');
    await reads(ada.phone, 'seen by all of mine');
    await carol.send({ to: ada.phone.number, type: 'text', text: 'after the post' });
    await ada.client.received('after the post');
    expect(people.decryptFailures()).toEqual([]);
  });

  it('of a phone reaches those whom it names, and its own clients', async () => {
    const { ada, bob, carol } = people;
    const sent = await ada.phone.send({ to: 'status', recipients: [carol.number], type: 'text', text: 'from ada' });
    expect(sent).toMatchObject({ chat: status, recipients: [carol.number] });
    await reads(carol, 'from ada');
    const { key } = await ada.client.received('from ada');
    expect(key).toMatchObject({ remoteJid: status, fromMe: true });
    expect(bob.phone.messages().some(({ text }) => text === 'from ada')).toBe(false);
    carol.markRead(carol.messages().findLast(({ text }) => text === 'from ada')!.id);
    await waitUntil('it is read', () =>
      ada.phone.messages().find(({ id, status }) => id === sent.id && status === 'read'),
    );
  });

  it('is asked for again by a client that cannot decrypt it', async () => {
    const { ada, bob } = people;
    const { id } = await ada.phone.send({
      to: 'status',
      recipients: [bob.phone.number],
      type: 'text',
      text: 'twice',
      delivery: 'undecryptable',
    });
    await waitUntil('it has come', () => bob.client.messages.find(({ key }) => key.id === id));
    await ada.phone.resend(id);
    await bob.client.received('twice');
  });

  it('is not for people who are blocked', async () => {
    const { ada, carol, dave } = people;
    dave.blocks.add(ada.phone.number);
    await ada.phone.send({ to: 'status', recipients: [carol.number, dave.number], type: 'text', text: 'not for dave' });
    await reads(carol, 'not for dave');
    expect(dave.messages().some(({ text }) => text === 'not for dave')).toBe(false);
  });
});
