import { expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { closedFor } from '../support/expectations.js';
import { linked, linkedAlone, linkedImpatiently } from '../support/fixtures.js';

/** Unlinking a session. */
export const logoutCases = (): void => {
  it(
    'removes the device from the phone, and the credentials from the disk',
    linked(async ({ gateway, phone }) => {
      expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
      await eventually(() => phone.devices().length === 0);
      expect(gateway.all('closed')).toMatchObject([closedFor('logged_out')]);
      expect(await gateway.connections.linkedSessions()).toEqual([]);
      await gateway.after('qr', () => gateway.connections.start('one'));
    }),
  );

  it(
    'of a stopped session removes the device without reporting the connection that this takes',
    linked(async ({ gateway, phone, friend }) => {
      await gateway.connections.stop('one');
      await friend.send({ to: phone.number, type: 'text', text: 'too late' });
      const { length } = gateway.reports;
      expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
      expect(phone.devices()).toEqual([]);
      expect(gateway.reports).toHaveLength(length);
      expect(await gateway.connections.linkedSessions()).toEqual([]);
    }),
  );

  it(
    'of a session that is still connecting removes the device',
    linked(async ({ gateway, phone }) => {
      await gateway.connections.stop('one');
      await gateway.connections.start('one');
      expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
      expect(phone.devices()).toEqual([]);
      expect(gateway.all('closed').at(-1)).toMatchObject(closedFor('logged_out'));
    }),
  );

  it.each(['refuse', 'freeze'] as const)(
    'deletes the credentials when WhatsApp does not answer in time: %s',
    linkedImpatiently(async ({ sandbox, gateway, phone }, kind) => {
      await gateway.connections.stop('one');
      await eventually(() => phone.devices().every(({ connected }) => !connected));
      sandbox.faults.add({ kind, number: phone.number });
      expect(await gateway.connections.logout('one')).toEqual({ unlinked: false });
      expect(phone.devices()).toHaveLength(1);
      expect(await gateway.connections.linkedSessions()).toEqual([]);
    }),
  );

  it(
    'keeps the credentials when the service closes meanwhile',
    linkedAlone(async ({ sandbox, gateway }) => {
      await gateway.close();
      await gateway.reopen();
      sandbox.faults.add({ kind: 'freeze' });
      const [leaving] = await Promise.allSettled([gateway.connections.logout('one'), gateway.close()]);
      expect(leaving).toMatchObject({ status: 'rejected', reason: { name: 'NotConnected' } });
      await gateway.reopen();
      expect(await gateway.connections.linkedSessions()).toEqual(['one']);
    }),
  );

  it(
    'is not sent to WhatsApp when a session is only forgotten',
    linked(async ({ gateway, phone }) => {
      await gateway.connections.forget('one');
      await gateway.connections.forget('one');
      expect(phone.devices()).toHaveLength(1);
      expect(await gateway.connections.linkedSessions()).toEqual([]);
      expect(await gateway.connections.logout('one')).toEqual({ unlinked: false });
    }),
  );
};
