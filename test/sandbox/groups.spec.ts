import './support/strict-signatures.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Phone } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone } from './support/client.js';
import { GroupEvents } from './support/group-events.js';
import { lid, reads, say, startPeople, type People } from './support/group-people.js';
import { startTrustedSandbox } from './support/sandbox.js';

describe('groups', () => {
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

  describe('are created', () => {
    it('by a client, and all members are notified', async () => {
      const events = new GroupEvents(bob.client);
      const { id, ...made } = await people.everybody('Walkers');
      expect(made).toMatchObject({ subject: 'Walkers', owner: lid(ada.phone), addressingMode: 'lid', size: 4 });
      expect(made.participants.map((each) => [each.id, each.phoneNumber, each.admin])).toEqual([
        [lid(ada.phone), jid(ada.phone), 'superadmin'],
        ...[bob.phone, carol, dave].map((phone) => [lid(phone), jid(phone), null]),
      ]);
      const [heard] = await events.heard('groups.upsert', ([group]) => group?.id === id);
      expect(heard).toMatchObject({ subject: 'Walkers', author: lid(ada.phone), authorPn: jid(ada.phone) });
      expect(heard?.participants).toEqual(made.participants);
      expect(await bob.client.socket.groupMetadata(id)).toMatchObject({ id, ...made });
      expect(carol.groups.get(id)).toMatchObject({ subject: 'Walkers', createdBy: ada.phone.number });
      expect(carol.groups.get(id).participants.map(({ number }) => number)).toEqual(
        [ada.phone, bob.phone, carol, dave].map(({ number }) => number),
      );
    });

    it('by a phone, with clients as members', async () => {
      const events = new GroupEvents(bob.client);
      const participants = [ada.phone.number, `+${bob.phone.number}`];
      const { jid: id } = carol.groups.create({ subject: 'Book club', participants });
      const [heard] = await events.heard('groups.upsert', ([group]) => group?.id === id);
      expect(heard).toMatchObject({ subject: 'Book club', owner: lid(carol), ownerPn: jid(carol) });
      const all = await ada.client.socket.groupFetchAllParticipating();
      expect(all[id]).toMatchObject({ subject: 'Book club', size: 3 });
      expect(people.sandbox.groups.get(id)?.participants).toHaveLength(3);
      expect(dave.groups.list().map((group) => group.jid)).not.toContain(id);
      expect(() => dave.groups.get(id)).toThrow(expect.objectContaining({ code: 'not_allowed' }));
    });

    it('only with a subject, with existing people, and by an online phone', () => {
      const make = (subject: string, ...participants: string[]) => carol.groups.create({ subject, participants });
      expect(() => make('')).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
      expect(() => make('x'.repeat(101))).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
      expect(() => make('x', 'nobody')).toThrow(expect.objectContaining({ code: 'unknown_number' }));
      carol.set({ online: false });
      expect(() => make('x')).toThrow(expect.objectContaining({ code: 'phone_offline' }));
      carol.set({ online: true });
    });
  });

  describe('change', () => {
    it('by their admins, and all members are notified, including added and removed ones', async () => {
      const erin = people.sandbox.phones.create({ name: 'Erin' });
      const { id } = await ada.client.socket.groupCreate('Changing', [jid(carol), jid(dave)]);
      const [atAda, atBob] = [new GroupEvents(ada.client), new GroupEvents(bob.client)];
      const { socket } = ada.client;

      const added = await socket.groupParticipantsUpdate(id, [bob.phone, erin, carol].map(jid), 'add');
      expect(added.map(({ status }) => status)).toEqual(['200', '200', '409']);
      await atBob.heard('groups.upsert', ([group]) => group?.id === id);
      const news = await atAda.heard('group-participants.update', (event) => event.id === id && event.action === 'add');
      expect(news.author).toBe(lid(ada.phone));
      expect(news.participants.map((each) => each.id)).toEqual([lid(bob.phone), lid(erin)]);
      expect(erin.groups.get(id).subject).toBe('Changing');

      await socket.groupParticipantsUpdate(id, [lid(carol)], 'promote');
      const promoted = await atBob.heard('group-participants.update', ({ action }) => action === 'promote');
      expect(promoted.participants).toMatchObject([{ id: lid(carol), phoneNumber: jid(carol), admin: 'admin' }]);

      carol.groups.remove(id, bob.phone.number);
      const removed = await atBob.heard('group-participants.update', ({ action }) => action === 'remove');
      expect(removed).toMatchObject({ id, author: lid(carol), participants: [{ id: lid(bob.phone) }] });
      await expect(bob.client.socket.groupMetadata(id)).rejects.toThrow('forbidden');
      expect(Object.keys(await bob.client.socket.groupFetchAllParticipating())).not.toContain(id);

      expect(() => erin.groups.remove(id, dave.number)).toThrow(expect.objectContaining({ code: 'not_allowed' }));
      expect(() => carol.groups.remove(id, ada.phone.number)).toThrow(expect.objectContaining({ code: 'not_allowed' }));
      const refused = await socket.groupParticipantsUpdate(id, [jid(bob.phone)], 'remove');
      expect(refused.map(({ status }) => status)).toEqual(['404']);
      expect(carol.groups.demote(id, carol.number).participants.map(({ role }) => role)).not.toContain('admin');
    });

    it('their subject, by client and phone', async () => {
      const { id } = await people.everybody('Old');
      const events = new GroupEvents(bob.client);
      await ada.client.socket.groupUpdateSubject(id, 'New');
      await events.heard('groups.update', ([group]) => group?.id === id && group.subject === 'New');
      expect(carol.groups.rename(id, 'Newer').subject).toBe('Newer');
      const [heard] = await events.heard('groups.update', ([group]) => group?.subject === 'Newer');
      expect(heard).toMatchObject({ id, author: lid(carol) });
      const { subject, subjectOwner } = await ada.client.socket.groupMetadata(id);
      expect({ subject, subjectOwner }).toEqual({ subject: 'Newer', subjectOwner: lid(carol) });
      await expect(ada.client.socket.groupUpdateSubject(id, '')).rejects.toThrow('not-acceptable');
    });

    it('when members leave, and always keep an admin', async () => {
      const { id } = await people.everybody('Leaving');
      const events = new GroupEvents(bob.client);
      carol.groups.leave(id);
      const left = await events.heard('group-participants.update', ({ action }) => action === 'remove');
      expect(left).toMatchObject({ id, author: lid(carol), participants: [{ id: lid(carol) }] });
      await ada.client.socket.groupLeave(id);
      const promoted = await events.heard('group-participants.update', ({ action }) => action === 'promote');
      expect(promoted.participants.map((each) => each.id)).toEqual([lid(bob.phone)]);
      await bob.client.socket.groupLeave(id);
      dave.groups.leave(id);
      expect(people.sandbox.groups.get(id)).toBeUndefined();
    });
  });
});

describe('groups of a restarted sandbox', () => {
  it('keep their members, sender keys and queued messages', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const stateFile = join(directory, 'state.json');
    const first = await startTrustedSandbox({ stateFile });
    const { phone, client } = await linkedPhone(first, 'Ada');
    const [carol, dave] = [first.phones.create({ name: 'Carol' }), first.phones.create({ name: 'Dave' })];
    const { id } = await client.socket.groupCreate('Lasting', [jid(carol), jid(dave)]);
    await say(client, id, 'before');
    await reads(carol, 'before');
    await carol.send({ to: id, type: 'text', text: 'before too' });
    await client.received('before too');
    dave.set({ online: false });
    const late = await say(client, id, 'read later');
    await client.ackOf(late);
    await client.disconnect();
    await carol.send({ to: id, type: 'text', text: 'missed' });
    await first.stop();

    const second = await startTrustedSandbox({ stateFile, port: first.port });
    await client.reconnect();
    const again = (number: string): Phone => second.phones.get(number)!;
    expect(second.groups.list()).toEqual([
      expect.objectContaining({ jid: id, subject: 'Lasting', createdBy: phone.number }),
    ]);
    await client.received('missed');
    await say(client, id, 'after');
    await reads(again(carol.number), 'after');
    await again(carol.number).send({ to: id, type: 'text', text: 'after too' });
    await client.received('after too');
    again(dave.number).set({ online: true });
    for (const text of ['read later', 'missed', 'after', 'after too']) await reads(again(dave.number), text);
    expect(client.warnings.map(({ msg }) => msg)).toEqual(['stream errored out']);
    await client.disconnect();
    await second.stop();
    await rm(directory, { recursive: true });
  });
});
