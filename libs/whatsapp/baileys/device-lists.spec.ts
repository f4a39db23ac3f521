import { beforeEach, describe, expect, it } from '@jest/globals';
import { initAuthCreds } from '@whiskeysockets/baileys';
import { CredentialsUnavailable } from '../errors.js';
import { DeviceLists } from './device-lists.js';
import { notWritten } from './not-written.js';

type Parts = ConstructorParameters<typeof DeviceLists>;

const [number, lid, own] = ['491702222222', '123456789012345', '491701111111'];
const devices = [{ user: number, server: 's.whatsapp.net', device: 0 }];

let stored: Map<string, unknown>;
let lists: DeviceLists;
let failed: unknown[];
/** What reading fails with. */
let trouble: Error | undefined;

/** The lists of a connection, on what earlier ones have stored. */
const connect = (): DeviceLists => {
  const credentials = {
    creds: { ...initAuthCreds(), me: { id: `${own}:3@s.whatsapp.net`, lid: '999@lid' } },
    keys: {
      get: (_type: string, ids: readonly string[]) =>
        Object.fromEntries(
          Object.entries({ [number]: lid, [`${lid}_reverse`]: number }).filter(([id]) => ids.includes(id)),
        ),
    },
    deviceLists: {
      get: async (users: readonly string[]) => {
        if (trouble) throw trouble;
        return Object.fromEntries([...stored].filter(([user]) => users.includes(user)));
      },
      set: async (values: { readonly [user: string]: unknown }) => {
        for (const [user, value] of Object.entries(values)) {
          if (value === null) stored.delete(user);
          else stored.set(user, value);
        }
      },
    },
  } as unknown as Parts[0];
  return new DeviceLists(credentials, { holdUntil: () => undefined }, (error) => void failed.push(error));
};

/** Looks up the devices of a user, as Baileys does. */
const lookUp = async (user: string): Promise<void> => {
  await lists.mget([user]);
  await lists.set(user, devices);
};
const known = async (...users: string[]): Promise<readonly string[]> => Object.keys(await lists.mget(users));

beforeEach(async () => {
  stored = new Map();
  [failed, trouble] = [[], undefined];
  lists = connect();
  for (const user of [number, lid, own]) await lookUp(user);
});

describe('a list of devices', () => {
  it('ends the connection where it cannot be read: no message is to blame', async () => {
    trouble = new CredentialsUnavailable('The database is away');
    const error: unknown = await lists.mget([number]).catch((thrown: unknown) => thrown);
    expect([error, failed]).toEqual([trouble, [trouble]]);
    expect(notWritten(error).outcome).toEqual({ kind: 'not_sent' });
  });

  it('outlives its connection', async () => {
    lists = connect();
    expect(await lists.mget([number, 'another'])).toEqual({ [number]: devices });
  });

  it('ends under both addresses of its user when WhatsApp says that it has changed', async () => {
    const device = { tag: 'device', attrs: { jid: `${number}:5@s.whatsapp.net` } };
    await lists.notified({
      tag: 'notification',
      attrs: { type: 'devices', from: `${number}@s.whatsapp.net` },
      content: [{ tag: 'add', attrs: {}, content: [device] }],
    });
    expect(await known(number, lid, own)).toEqual([own]);
  });

  it('of the account itself ends with a notice of its own', async () => {
    const attrs = { type: 'account_sync', from: `${own}@s.whatsapp.net` };
    await lists.notified({ tag: 'notification', attrs, content: [{ tag: 'devices', attrs: {} }] });
    expect(await known(number, lid, own)).toEqual([number, lid]);
  });

  it('ends where an ack says that a message did not reach all devices', async () => {
    const ack = { tag: 'ack', attrs: { class: 'message', from: `${lid}@lid` } };
    await lists.acknowledged(ack);
    expect(await known(number, lid, own)).toEqual([number, lid, own]);
    await lists.acknowledged({ ...ack, attrs: { ...ack.attrs, phash: '2:abc' } });
    expect(await known(number, lid, own)).toEqual([]);
  });

  it('ends for everybody where that was a message to a group', async () => {
    await lists.acknowledged({ tag: 'ack', attrs: { class: 'message', from: '1-2@g.us', phash: '2:abc' } });
    expect(await known(number, lid, own)).toEqual([]);
    await lookUp(number);
    expect(await known(number, lid, own)).toEqual([number]);
  });

  it('is not stored where it changed while it was looked up', async () => {
    lists.del(number);
    await lists.mget([number]);
    lists.del(number);
    await lists.set(number, devices);
    expect(await known(number)).toEqual([]);
  });
});
