import './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto, WAMessageAddressingMode, type GroupMetadata, type WAMessage } from '@whiskeysockets/baileys';
import type { Phone } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient, messageText } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { byText, lid, reads, say, startPeople, statusesOf, type People } from './support/group-people.js';

/** Id of the sender key in a message, if there is one. */
function senderKeyIn({ message }: WAMessage): number | undefined {
  const bytes = message?.senderKeyDistributionMessage?.axolotlSenderKeyDistributionMessage;
  return bytes ? (proto.SenderKeyDistributionMessage.decode(bytes.subarray(1)).id ?? undefined) : undefined;
}

describe('messages in a group', () => {
  let people: People;
  let ada: People['ada'];
  let bob: People['bob'];
  let carol: Phone;
  let dave: Phone;

  beforeAll(async () => {
    people = await startPeople();
    ({ ada, bob, carol, dave } = people);
  });
  afterAll(() => people.stop());

  it('are edited and revoked', async () => {
    const { id } = await people.everybody();
    const own = await say(ada.client, id, 'mistaek');
    await reads(carol, 'mistaek');
    const key = { remoteJid: id, fromMe: true, id: own };
    const edit = await say(ada.client, id, { edit: key, text: 'mistake' });
    expect(await reads(carol, 'mistake')).toMatchObject({ id: edit, type: 'edit', target: own });
    const revoke = await say(ada.client, id, { delete: key });
    const gone = await waitUntil('it is revoked', () => dave.messages().find((each) => each.id === revoke));
    expect(gone).toMatchObject({ type: 'revoke', target: own });
  });

  it('bring the sender key to a client that got only a notice of the first one', async () => {
    const { id } = await people.everybody();
    await dave.send({ to: id, type: 'text', text: 'seen once', delivery: 'view-once' });
    await dave.send({ to: id, type: 'text', text: 'seen by all' });
    const before = people.decryptFailures().length;
    await ada.client.received('seen by all');
    expect(people.decryptFailures()).toHaveLength(before);
  });

  it('wait for members that are offline', async () => {
    const { id } = await people.everybody();
    await bob.client.disconnect();
    carol.set({ online: false });
    const sent = await say(ada.client, id, 'while you were out');
    await dave.send({ to: id, type: 'text', text: 'me too' });
    await ada.client.received('me too');
    await reads(dave, 'while you were out');
    expect(byText(carol, 'while you were out')).toBeUndefined();
    expect(statusesOf(ada.phone, sent)[carol.number]).toBe('sent');
    carol.set({ online: true });
    await reads(carol, 'while you were out');
    await reads(carol, 'me too');
    await bob.client.reconnect();
    await bob.client.received('while you were out');
    await bob.client.received('me too');
    await waitUntil('Carol has confirmed', () => statusesOf(ada.phone, sent)[carol.number] === 'delivered');
  });

  it('reach all devices of a member, including one linked later, and the other devices of the sender', async () => {
    const { id } = await people.everybody();
    await say(ada.client, id, 'before');
    await carol.send({ to: id, type: 'text', text: 'before too' });
    await bob.client.received('before too');
    const second = await new TestClient(people.sandbox.url).link(bob.phone);
    await say(ada.client, id, 'to your new device');
    await second.received('to your new device');
    await carol.send({ to: id, type: 'text', text: 'to it as well' });
    await second.received('to it as well');
    await say(bob.client, id, 'from my old device');
    expect((await second.received('from my old device')).key).toMatchObject({ fromMe: true, remoteJid: id });
    await bob.phone.send({ to: id, type: 'text', text: 'from the phone itself' });
    expect((await second.received('from the phone itself')).key.fromMe).toBe(true);
    expect((await bob.client.received('from the phone itself')).key.fromMe).toBe(true);
    await reads(dave, 'from the phone itself');
    await second.disconnect();
    bob.phone.unlink(2);
    await carol.send({ to: id, type: 'text', text: 'without it' });
    await bob.client.received('without it');
  });

  it('are requested again by a client that lacks the sender key', async () => {
    const { id } = await people.everybody();
    await carol.send({ to: id, type: 'text', text: 'readable' });
    await ada.client.received('readable');
    await ada.client.auth.keys.set({ 'sender-key': { [`${id}::${carol.lid}_1::0`]: null } });
    const lost = await carol.send({ to: id, type: 'text', text: 'lost at first' });
    await ada.client.received('lost at first');
    const tries = ada.client.messages.filter(({ key }) => key.id === lost.id);
    expect(tries.map(messageText)).toEqual([undefined, 'lost at first']);
    await carol.send({ to: id, type: 'text', text: 'readable again' });
    await ada.client.received('readable again');
    expect(ada.client.messages.filter((message) => messageText(message) === 'readable again')).toHaveLength(1);
  });

  it('are requested again by a phone, and by a client from a client', async () => {
    const { id } = await people.everybody();
    await say(ada.client, id, 'settled');
    await bob.client.received('settled');
    people.sandbox.faults.add({ kind: 'retry', number: carol.number });
    const again = await say(ada.client, id, 'once more for Carol');
    expect(await reads(carol, 'once more for Carol')).toMatchObject({ id: again, from: ada.phone.number });

    await bob.client.auth.keys.set({ 'sender-key': { [`${id}::${ada.phone.lid}_1::1`]: null } });
    await say(ada.client, id, 'once more for Bob');
    await bob.client.received('once more for Bob');
    await waitUntil('nothing is left in the queue', () => bob.phone.devices()[0]?.waiting === 0);
  });

  it('do not reach removed members, who cannot send either', async () => {
    const { id } = await people.everybody();
    await carol.send({ to: id, type: 'text', text: 'with Dave' });
    await say(ada.client, id, 'hello Dave');
    await reads(dave, 'hello Dave');
    await reads(dave, 'with Dave');
    await ada.client.socket.groupParticipantsUpdate(id, [jid(dave), jid(bob.phone)], 'remove');
    await carol.send({ to: id, type: 'text', text: 'without Dave' });
    const known = senderKeyIn(await ada.client.received('with Dave'));
    expect(known).toEqual(expect.any(Number));
    const renewed = senderKeyIn(await ada.client.received('without Dave'));
    expect(renewed).toEqual(expect.any(Number));
    expect(renewed).not.toBe(known); // otherwise Dave could decrypt it
    await say(ada.client, id, 'nor Bob');
    await reads(carol, 'nor Bob');
    await expect(dave.send({ to: id, type: 'text', text: 'hey' })).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(say(bob.client, id, 'hey')).rejects.toThrow('forbidden');

    // messages arrive in order: what was sent to the group before this would have arrived
    await carol.send({ to: dave.number, type: 'text', text: 'you are out' });
    await carol.send({ to: bob.phone.number, type: 'text', text: 'you are out' });
    await reads(dave, 'you are out');
    await bob.client.received('you are out');
    const heard = [...dave.messages(), ...bob.phone.messages()].map(({ text }) => text);
    expect(heard).not.toContain('without Dave');
    expect(heard).not.toContain('nor Bob');
    expect(bob.client.messages.map(messageText)).not.toContain('nor Bob');

    await ada.client.socket.groupParticipantsUpdate(id, [jid(dave)], 'add');
    await carol.send({ to: id, type: 'text', text: 'Dave again' });
    await reads(dave, 'Dave again');
  });

  it('are refused if there is no such group or the sender is not a member', async () => {
    const nowhere = '120363000000000000@g.us';
    await expect(say(ada.client, nowhere, 'anybody?')).rejects.toThrow('item-not-found');
    const { jid: closed } = carol.groups.create({ subject: 'Closed', participants: [dave.number] });
    // with cached metadata the client does not query before it sends
    const participants = [{ id: lid(dave) }];
    const known = (id: string): Promise<GroupMetadata> =>
      Promise.resolve({
        id,
        subject: '',
        owner: undefined,
        addressingMode: WAMessageAddressingMode.LID,
        participants,
      } as GroupMetadata);
    const other = await linkedPhone(people.sandbox, 'Eve', { cachedGroupMetadata: known });
    for (const [group, error] of [
      [nowhere, '404'],
      [closed, '403'],
    ] as const) {
      const id = await say(other.client, group, 'let me in');
      expect((await other.client.ackOf(id)).attrs.error).toBe(error);
    }
    await carol.send({ to: closed, type: 'text', text: 'just us' });
    await reads(dave, 'just us');
    expect(byText(dave, 'let me in')).toBeUndefined();
    await expect(carol.send({ to: nowhere, type: 'text', text: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await other.client.disconnect();
  });
});
