import { expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { closedFor } from '../support/expectations.js';
import { opened, openedAlone } from '../support/fixtures.js';

/** Linking, by QR and by code. */
export const linkingCases = (): void => {
  it(
    'by QR reports each step, and not the restart of the connection that follows it',
    opened(async ({ sandbox, gateway }) => {
      const phone = sandbox.phones.create({ number: '+49 170 1234567', name: 'Shop' });
      const { account } = await gateway.link(phone);
      expect(account).toMatchObject({
        phoneNumber: '+491701234567',
        jid: '491701234567:1@s.whatsapp.net',
        lid: `${phone.lid}:1@lid`,
        platform: 'android',
      });
      expect(gateway.reports.map(({ report }) => report.kind).slice(0, 4)).toEqual([
        'connecting',
        'qr',
        'paired',
        'open',
      ]);
      const [{ expiresAt } = { expiresAt: '' }] = gateway.all('qr');
      expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000);
      expect(gateway.connections.connection('one')).toEqual({ state: 'open', lastSeenAt: expect.any(String) });
      await eventually(
        () =>
          gateway
            .all('open')
            .concat(gateway.all('renamed') as never[])
            .at(-1)?.account.pushName === 'Shop',
      );
      expect(await gateway.connections.linkedSessions()).toEqual(['one']);
    }),
  );

  it(
    'by code reports the code once, and no QR',
    openedAlone(
      async ({ sandbox, gateway }) => {
        const phone = sandbox.phones.create();
        const start = () => gateway.connections.start('one', { pairByCode: `+${phone.number}` });
        const { code, expiresAt } = await gateway.after('pairing_code', start);
        expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(10_000);
        await eventually(async () => Boolean(await gateway.after('open', () => phone.enterCode(code))));
        expect(gateway.all('pairing_code')).toHaveLength(1);
        expect(gateway.all('qr')).toEqual([]);
      },
      { qrLifetimeMs: 3_000 },
    ),
  );

  it(
    'expires when nobody links the session, leaves nothing behind, and can be started again',
    openedAlone(
      async ({ sandbox, gateway }) => {
        expect(await gateway.after('closed', () => gateway.connections.start('one'))).toMatchObject(
          closedFor('pairing_expired', { retry: 'never' }),
        );
        expect(new Set(gateway.all('qr').map(({ qr }) => qr)).size).toBe(6);
        expect(await gateway.connections.linkedSessions()).toEqual([]);
        const abandoned = { pairByCode: `+${sandbox.phones.create().number}` };
        await gateway.after('closed', () => gateway.connections.start('one', abandoned));
        expect((await gateway.after('qr', () => gateway.connections.start('one'))).qr).toContain('https://');
      },
      { qrLifetimeMs: 100 },
    ),
  );

  it(
    'by QR shows one with a new secret at once when WhatsApp asks for it, and is linked by that one',
    opened(async ({ sandbox, gateway }) => {
      const phone = sandbox.phones.create();
      const first = await gateway.after('qr', () => gateway.connections.start('one'));
      const second = await gateway.after('qr', () => sandbox.faults.add({ kind: 'renew-qr' }));
      expect(second.expiresAt).toBe(first.expiresAt);
      const [before, after] = [first.qr.split(','), second.qr.split(',')];
      expect(after[3]).not.toBe(before[3]);
      expect(after.toSpliced(3, 1)).toEqual(before.toSpliced(3, 1));
      await gateway.after('open', () => phone.scan(second.qr));
    }),
  );

  it(
    'by code shows none that WhatsApp refused, and says why',
    opened(async ({ sandbox, gateway }) => {
      sandbox.faults.add({ kind: 'refuse-code', code: 429 });
      const pairByCode = `+${sandbox.phones.create().number}` as const;
      const closed = await gateway.after('closed', () => gateway.connections.start('one', { pairByCode }));
      expect(closed).toMatchObject(closedFor('pairing_refused', { code: 429, retry: 'never' }));
      expect(gateway.all('pairing_code')).toEqual([]);
    }),
  );

  it(
    'lists the device on the phone as Waybill, and logs no warning',
    openedAlone(async ({ sandbox, gateway }) => {
      const phone = sandbox.phones.create({ name: 'Shop' });
      await gateway.link(phone);
      expect(phone.devices()).toMatchObject([{ platform: 'Waybill' }]);
      expect(gateway.logged.filter(({ level }) => level !== 'debug')).toEqual([]);
    }),
  );
};
