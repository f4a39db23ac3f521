import { expect, it } from '@jest/globals';
import type { Group } from '#lib/whatsapp';
import type { Phone } from '#lib/whatsapp-sandbox';
import { eventually } from '../../support/eventually.js';
import { linked } from '../support/fixtures.js';
import { textsOf, type Gateway } from '../support/gateway.js';

const jidOf = ({ number }: Phone): string => `${number}@s.whatsapp.net`;
const rolesIn = ({ participants }: Group): object =>
  Object.fromEntries(participants.map(({ phoneNumber, role }) => [phoneNumber, role]));
/** The group as it was last reported. */
const lastReported = (gateway: Gateway) => gateway.all('group').at(-1);

/** The groups of an account. */
export const groupCases = (): void => {
  it(
    'makes a group, changes it, and reports each change with its author',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const { groups } = gateway.connections;
      const made = await groups.create('one', 'Walkers', [jidOf(friend)]);
      expect(made).toMatchObject({
        subject: 'Walkers',
        description: null,
        createdBy: { phoneNumber: `+${phone.number}` },
        settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
      });
      expect(rolesIn(made)).toEqual({ [`+${phone.number}`]: 'owner', [`+${friend.number}`]: 'member' });
      const settings = { announce: true, locked: true, approval: true, ephemeralSeconds: 86_400 };
      await groups.change('one', made.jid, { subject: 'Runners', description: 'At seven', settings });
      expect(await groups.find('one', made.jid)).toMatchObject({
        subject: 'Runners',
        description: 'At seven',
        settings,
      });
      await groups.change('one', made.jid, { description: '', settings: { ephemeralSeconds: 0, announce: false } });
      const changed = await groups.find('one', made.jid);
      expect(changed).toMatchObject({
        description: null,
        settings: { ...settings, ephemeralSeconds: 0, announce: false },
      });
      await eventually(() => lastReported(gateway)?.group?.settings.announce === false);
      expect(lastReported(gateway)).toMatchObject({ jid: made.jid, by: { phoneNumber: `+${phone.number}` } });

      const other = sandbox.phones.create();
      const added = await groups.changeParticipants('one', made.jid, 'add', [jidOf(other), jidOf(friend)]);
      expect(added.map(({ refusedWith }) => refusedWith)).toEqual([null, 409]);
      await groups.changeParticipants('one', made.jid, 'promote', [jidOf(friend)]);
      friend.groups.rename(made.jid, 'By a friend');
      await eventually(() => lastReported(gateway)?.group?.subject === 'By a friend');
      expect(lastReported(gateway)?.by?.phoneNumber).toBe(`+${friend.number}`);
      expect(rolesIn(lastReported(gateway)!.group!)).toMatchObject({ [`+${friend.number}`]: 'admin' });
      expect((await groups.all('one')).map(({ jid }) => jid)).toEqual([made.jid]);
      await groups.leave('one', made.jid);
      await eventually(() => lastReported(gateway)?.group === null);
      await expect(groups.find('one', made.jid)).rejects.toMatchObject({ name: 'QueryFailed', code: 403 });
    }),
  );

  it(
    'invites, joins, and answers who asks to join',
    linked(async ({ gateway, phone, friend }) => {
      const { groups } = gateway.connections;
      const own = await groups.create('one', 'By invitation', []);
      const former = await groups.invite('one', own.jid, false);
      expect(await groups.invite('one', own.jid, false)).toBe(former);
      const code = await groups.invite('one', own.jid, true);
      expect(() => friend.groups.join(former)).toThrow();
      await groups.change('one', own.jid, { settings: { approval: true } });
      expect(friend.groups.join(code)).toEqual({ jid: own.jid, joined: false });
      expect(await groups.joinRequests('one', own.jid)).toMatchObject([{ phoneNumber: `+${friend.number}` }]);
      expect(await groups.answerJoinRequests('one', own.jid, 'approve', [`${friend.lid}@lid`])).toEqual([
        { jid: `${friend.lid}@lid`, refusedWith: null },
      ]);
      expect(rolesIn(await groups.find('one', own.jid))).toHaveProperty(`+${friend.number}`, 'member');

      const theirs = friend.groups.create({ subject: 'Theirs', participants: [] });
      await expect(groups.join('one', 'no-such-code')).rejects.toMatchObject({ name: 'QueryFailed', code: 404 });
      expect(await groups.join('one', friend.groups.invite(theirs.jid))).toBe(theirs.jid);
      await eventually(() => gateway.all('group').some(({ group }) => group?.subject === 'Theirs'));
      friend.groups.remove(theirs.jid, phone.number);
      await eventually(() => lastReported(gateway)?.group === null);
      expect(lastReported(gateway)).toMatchObject({ jid: theirs.jid, by: { phoneNumber: `+${friend.number}` } });
    }),
  );

  it(
    'reports all groups at a connection, and again only those that changed',
    linked(async ({ gateway, phone, friend }) => {
      const [one, two] = ['One', 'Two'].map((subject) =>
        friend.groups.create({ subject, participants: [phone.number] }),
      );
      await eventually(() => gateway.all('group').length >= 2);
      await gateway.connections.stop('one');
      friend.groups.rename(two!.jid, 'Two and a half');
      const before = gateway.reports.length;
      const { jids } = await gateway.after('groups', () => gateway.start());
      expect(jids.toSorted()).toEqual([one!.jid, two!.jid].toSorted());
      const since = () => gateway.reports.slice(before).map(({ report }) => report);
      const told = () =>
        since().flatMap((report) => {
          if (report.kind === 'groups') return report.changed; // or with the notice that waited
          return report.kind === 'group' && report.group ? [report.group] : [];
        });
      await eventually(() => told().length > 0);
      expect(new Set(told().map(({ subject }) => subject))).toEqual(new Set(['Two and a half']));
    }),
  );

  it(
    'sends to a group without asking WhatsApp for its members, also after they changed',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const other = sandbox.phones.create();
      const { jid } = friend.groups.create({ subject: 'Many', participants: [phone.number] });
      await eventually(() => lastReported(gateway)?.group);
      await gateway.send(jid, 'to two');
      friend.groups.add(jid, other.number);
      await eventually(() => lastReported(gateway)?.group?.participants.length === 3);
      sandbox.transcript.setCapacity(1_000);
      await gateway.send(jid, 'to three');
      await eventually(() => textsOf(other).includes('to three'));
      expect(textsOf(friend)).toEqual(['to two', 'to three']);
      expect(textsOf(other)).toEqual(['to three']);
      const questions = sandbox.transcript.entries().filter(({ stanza: { attrs } }) => attrs['xmlns'] === 'w:g2');
      expect(questions).toEqual([]);
    }),
  );
};
