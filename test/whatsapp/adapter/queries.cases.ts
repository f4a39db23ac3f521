import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { linked, linkedAlone } from '../support/fixtures.js';

/** The beginning of one, which is all that the sandbox looks at. */
const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex');

/** Questions to WhatsApp, and downloads. */
export const queryCases = (): void => {
  it(
    'marks messages as read',
    linked(async ({ gateway, phone, friend }) => {
      const { id } = await friend.send({ to: phone.number, type: 'text', text: 'hello' });
      const { message } = await gateway.nth('message', 1);
      await gateway.connections.markRead('one', [message.key]);
      await eventually(() => friend.messages().find((each) => each.id === id)?.status === 'read');
    }),
  );

  it(
    'checks numbers, in the order of the request',
    linked(async ({ sandbox, gateway, friend }) => {
      const missing = sandbox.phones.create();
      missing.set({ exists: false });
      expect(await gateway.connections.checkNumbers('one', [`+${missing.number}`, `+${friend.number}`])).toEqual([
        { phoneNumber: `+${missing.number}`, exists: false, jid: null, lid: null },
        {
          phoneNumber: `+${friend.number}`,
          exists: true,
          jid: `${friend.number}@s.whatsapp.net`,
          lid: `${friend.lid}@lid`,
        },
      ]);
      sandbox.faults.add({ kind: 'rate-limit' });
      await expect(gateway.connections.checkNumbers('one', [`+${friend.number}`])).rejects.toMatchObject({
        name: 'QueryFailed',
        code: 429,
      });
    }),
  );

  it(
    'says where the connection ended before the answer, and where there was none',
    linkedAlone(async ({ sandbox, gateway }) => {
      const ask = () => gateway.connections.checkNumbers('one', ['+491701234567']);
      sandbox.faults.add({ kind: 'freeze' });
      const [asked] = await Promise.allSettled([ask(), gateway.connections.stop('one')]);
      expect(asked).toMatchObject({ reason: { name: 'ConnectionLost', sessionId: 'one' } });
      await expect(ask()).rejects.toMatchObject({ name: 'NotConnected', sessionId: 'one' });
    }),
  );

  it(
    'reads and changes the profile of the account, and reports the new name',
    linked(async ({ sandbox, gateway, phone }) => {
      const { accounts } = gateway.connections;
      phone.profile.set({ about: 'Here' });
      expect(await accounts.profile('one')).toEqual({ name: phone.name, about: 'Here', pictureUrl: null });
      await gateway.after('renamed', () => accounts.setName('one', 'First'));
      const { account } = await gateway.after('renamed', () => accounts.setName('one', 'Second'));
      expect([account.pushName, phone.name]).toEqual(['Second', 'Second']);
      await accounts.setAbout('one', 'Away');
      await accounts.setPicture('one', jpeg);
      expect(await phone.profile.picture()).toEqual(jpeg);
      const { pictureUrl } = phone.profile;
      expect(await accounts.profile('one')).toEqual({ name: 'Second', about: 'Away', pictureUrl });
      await expect(accounts.setPicture('one', Buffer.from('GIF89a'))).rejects.toMatchObject({
        name: 'QueryFailed',
        code: 406,
      });
      sandbox.faults.add({ kind: 'rate-limit' });
      await expect(accounts.profile('one')).rejects.toMatchObject({ name: 'QueryFailed', code: 429 });
    }),
  );

  it(
    'blocks and unblocks people, and reports whom the account blocks, whichever device changed it',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const { accounts } = gateway.connections;
      const people = () =>
        gateway
          .all('blocks')
          .at(-1)
          ?.blocked.map(({ phoneNumber }) => phoneNumber);
      const jid = `${friend.number}@s.whatsapp.net`;
      await accounts.setBlocked('one', jid, true);
      expect(phone.blocks.list()).toEqual([friend.number]);
      const [blocked] = await accounts.blocked('one');
      expect(blocked).toMatchObject({ phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` });
      await friend.send({ to: phone.number, type: 'text', text: 'unheard' });
      await accounts.setBlocked('one', `${friend.lid}@lid`, false);
      await friend.send({ to: phone.number, type: 'text', text: 'heard' });
      await gateway.nth('message', 1);
      expect(gateway.all('message').map(({ message }) => message.content)).toMatchObject([{ body: 'heard' }]);
      phone.blocks.add(friend.number);
      await eventually(() => people()?.includes(`+${friend.number}`));
      phone.blocks.remove(friend.number);
      await eventually(() => people()?.length === 0);
      const hidden = sandbox.phones.create();
      hidden.set({ lidKnown: false });
      const unknown = accounts.setBlocked('one', `${hidden.number}@s.whatsapp.net`, true);
      await expect(unknown).rejects.toMatchObject({ name: 'QueryFailed', code: 404 });
    }),
  );

  it(
    'downloads received files, and detects damaged and missing ones',
    linkedAlone(async ({ sandbox, gateway, phone, friend }) => {
      const bytes = randomBytes(100_003);
      await friend.send({ to: phone.number, type: 'image', bytes, text: 'Look' });
      const { message } = await gateway.nth('message', 1);
      if (message.content.type !== 'image') throw new Error(`It came as ${message.content.type}`);
      const { media, caption, size } = message.content;
      expect({ caption, size }).toEqual({ caption: 'Look', size: bytes.length });
      expect(bytes.equals(await buffer(await gateway.connections.downloadMedia('one', media)))).toBe(true);

      await gateway.close();
      await gateway.reopen();
      expect(bytes.equals(await buffer(await gateway.connections.downloadMedia('one', media)))).toBe(true);

      const wrong = await gateway.connections.downloadMedia('one', {
        ...media,
        sha256: randomBytes(32).toString('base64'),
      });
      await expect(buffer(wrong)).rejects.toMatchObject({ name: 'DownloadFailed', gone: false });
      sandbox.mediaFaults.add({ on: 'download', kind: 'status', status: 404, count: 1 });
      await expect(gateway.connections.downloadMedia('one', media)).rejects.toMatchObject({
        name: 'DownloadFailed',
        gone: true,
      });
      sandbox.mediaFaults.add({ on: 'download', kind: 'cut', count: 1 });
      const cut = gateway.connections.downloadMedia('one', media).then(buffer);
      await expect(cut).rejects.toMatchObject({ name: 'DownloadFailed', gone: false });
    }),
  );
};
