import { expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { closedFor } from '../support/expectations.js';
import { linked, linkedAlone, linkedImpatiently } from '../support/fixtures.js';
import { textsOf } from '../support/gateway.js';

/** The life of a connection. */
export const connectingCases = (): void => {
  it.each([
    ['drop', {}, 'connection_closed', 428, 'later'],
    ['replaced', {}, 'replaced', 440, 'never'],
    ['stream-error', { code: 503 }, 'service_unavailable', 503, 'later'],
    ['stream-error', { code: 515 }, 'restart_required', 515, 'at_once'],
    ['stream-error', { code: 500 }, 'server_error', 500, 'later'],
  ] as const)(
    'reports why the connection ended: %s %j',
    linked(async ({ sandbox, gateway, friend }, kind, fault, reason, code, retry) => {
      expect(await gateway.after('closed', () => sandbox.faults.add({ kind, ...fault }))).toMatchObject(
        closedFor(reason, { code, retry }),
      );
      expect(gateway.connections.connection('one')).toBeUndefined();
      await gateway.start();
      await gateway.send(friend, 'back');
      expect(gateway.all('closed')).toHaveLength(1);
    }),
  );

  it(
    'reports that the phone unlinked it, also on the next start',
    linked(async ({ sandbox, gateway }) => {
      const unlinked = closedFor('logged_out', { code: 401, retry: 'never' });
      expect(await gateway.after('closed', () => sandbox.faults.add({ kind: 'logged-out' }))).toMatchObject(unlinked);
      expect(await gateway.after('closed', () => gateway.connections.start('one'))).toMatchObject(unlinked);
    }),
  );

  it(
    'detects a frozen server',
    linkedImpatiently(async ({ sandbox, gateway, phone, friend }) => {
      const closed = await gateway.after('closed', () => sandbox.faults.add({ kind: 'freeze', number: phone.number }));
      expect(closed).toMatchObject(closedFor('connection_lost', { code: 408, retry: 'later' }));
      await gateway.start();
      await gateway.send(friend, 'alive again');
    }),
  );

  it(
    'stays open while it is idle',
    linkedImpatiently(async ({ gateway }) => {
      const { lastSeenAt } = gateway.connections.connection('one')!;
      const later = new Date(Date.parse(lastSeenAt!) + 1_500).toISOString();
      await eventually(() => gateway.connections.connection('one')!.lastSeenAt! > later);
      expect(gateway.all('closed').filter(({ disconnect }) => disconnect.reason !== 'stopped')).toEqual([]);
    }),
  );

  it.each([
    ['refuse', {}, 'connection_lost', null],
    ['upgrade-error', { code: 403 }, 'upgrade_refused', 403],
    ['upgrade-error', { code: 503 }, 'upgrade_refused', 503],
  ] as const)(
    'reports why it could not connect: %s %j',
    linked(async ({ sandbox, gateway }, kind, fault, reason, code) => {
      await gateway.connections.stop('one');
      sandbox.faults.add({ kind, ...fault });
      const { disconnect } = await gateway.after('closed', () => gateway.connections.start('one'));
      expect(disconnect).toMatchObject({ reason, retry: 'later', ...(code !== null && { code }) });
      await gateway.start();
    }),
  );

  it(
    'connects with the stored credentials after the process has ended',
    linkedAlone(async ({ gateway, phone, friend }) => {
      await gateway.send(friend, 'before');
      await gateway.close();
      await gateway.reopen();
      await gateway.start();
      await gateway.send(friend, 'after');
      await friend.send({ to: phone.number, type: 'text', text: 'welcome back' });
      await gateway.nth('message', 1);
      await eventually(() => textsOf(friend).length === 2);
      expect(gateway.all('qr')).toHaveLength(1);
      expect(textsOf(friend)).toEqual(['before', 'after']);
    }),
  );

  it(
    'logs no phone number and no message',
    linkedAlone(async ({ sandbox, gateway, phone, friend }) => {
      await gateway.send(friend, 'a private word');
      await friend.send({ to: phone.number, type: 'text', text: 'another private word' });
      await gateway.nth('message', 1);
      await gateway.after('closed', () => sandbox.faults.add({ kind: 'stream-error', code: 503 }));
      const logged = JSON.stringify(gateway.logged);
      expect(gateway.logged.length).toBeGreaterThan(0);
      for (const secret of ['private word', phone.number, friend.number, friend.lid])
        expect(logged).not.toContain(secret);
    }),
  );
};
