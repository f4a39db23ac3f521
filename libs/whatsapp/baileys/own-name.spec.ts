import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import type { AuthenticationCreds, BinaryNode } from '@whiskeysockets/baileys';
import { decodeCreds, encode } from './credentials/encoding.js';
import { changeOwnName, FormerName } from './own-name.js';

const own = '491701111111@s.whatsapp.net';
const me = { id: '491701111111:3@s.whatsapp.net', lid: '111111111111111:3@lid', name: 'Former' };
const changedAtMs = 1_767_323_000_500;

type Connection = ConstructorParameters<typeof FormerName>[0];

/** A connection with credentials, which it keeps as Baileys does: before its listeners hear of them. */
const connectionWith = (creds: AuthenticationCreds): Connection => {
  const events = new EventEmitter();
  events.on('creds.update', (update: object) => Object.assign(creds, update));
  return { authState: { creds }, ev: events };
};
const connection = (): Connection => connectionWith({ me } as AuthenticationCreds);
const message = (from: string, t: number, participant?: string): BinaryNode => ({
  tag: 'message',
  attrs: { id: 'M', from, t: String(t), notify: 'Former', ...(participant && { participant }) },
});
/** The name that Baileys sees in a message. */
const notifyOf = async (at: Connection, ...given: Parameters<typeof message>): Promise<string | undefined> => {
  let seen: string | undefined;
  await new FormerName(at).without(async ({ attrs }) => void (seen = attrs['notify']))(message(...given));
  return seen;
};

const expectWithoutFormer = async (changed: Connection): Promise<void> => {
  expect(changed.authState.creds.me?.name).toBe('New');
  expect(await notifyOf(changed, own, 1_767_322_999)).toBeUndefined();
  expect(await notifyOf(changed, '111111111111111@lid', 1_767_323_004)).toBeUndefined();
  expect(await notifyOf(changed, '1203@g.us', 1_767_323_000, '491701111111:0@s.whatsapp.net')).toBeUndefined();
  expect(await notifyOf(changed, '491702222222@s.whatsapp.net', 1_767_323_000)).toBe('Former');
  expect(await notifyOf(changed, own, 1_767_323_011)).toBe('Former'); // its owner renamed it since
};

it('what the own phone sent before it knew of a new name does not bring the former one back', async () => {
  expect(await notifyOf(connection(), own, 1_767_323_000)).toBe('Former');
  const changed = connection();
  changeOwnName(changed, 'New', changedAtMs);
  await expectWithoutFormer(changed);
});

it('nor where it comes with a later connection, or after a restart', async () => {
  const changed = connection();
  changeOwnName(changed, 'New', changedAtMs);
  const stored = decodeCreds(encode(changed.authState.creds));
  expect(stored.me?.name).toBe('New');
  await expectWithoutFormer(connectionWith(changed.authState.creds));
  await expectWithoutFormer(connectionWith(stored));
});

it('nor where the name is changed while a message is processed, and nobody is told of the former one', async () => {
  const changed = connection();
  const { creds } = changed.authState;
  const formerName = new FormerName(changed);
  const told: unknown[] = [];
  changed.ev.on('creds.update', () => void told.push(creds.me?.name));
  const tellFormer = (): boolean => changed.ev.emit('creds.update', { me: { ...me, name: 'Former' } });
  const pass = formerName.without(async () => {
    changeOwnName(changed, 'New', changedAtMs);
    tellFormer();
  });
  await pass(message(own, 1_767_322_999));
  expect(told).toEqual(['New', 'New']);
  expect(creds.me).toEqual({ ...me, name: 'New' });
  tellFormer();
  expect(told.at(-1)).toBe('Former'); // its owner took it up again
});
