import { expect, it } from '@jest/globals';
import type { WASocket } from '@whiskeysockets/baileys';
import { noteChangedName, withoutFormerName } from './own-name.js';

const me = { id: '491701111111:3@s.whatsapp.net', lid: '111111111111111:3@lid', name: 'New' };
const connection = (): Pick<WASocket, 'authState'> => ({ authState: { creds: { me } } }) as Pick<WASocket, 'authState'>;
const message = (from: string, t: number, participant?: string) => ({
  tag: 'message',
  attrs: { id: 'M', from, t: String(t), notify: 'Former', ...(participant && { participant }) },
});
const notifyOf = (at: Pick<WASocket, 'authState'>, ...given: Parameters<typeof message>) =>
  withoutFormerName(at, message(...given)).attrs['notify'];

it('what the own phone sent before it knew of a new name does not bring the former one back', () => {
  const changed = connection();
  noteChangedName(changed, 1_767_323_000_500);
  expect(notifyOf(changed, '491701111111@s.whatsapp.net', 1_767_322_999)).toBeUndefined();
  expect(notifyOf(changed, '111111111111111@lid', 1_767_323_004)).toBeUndefined();
  expect(notifyOf(changed, '1203@g.us', 1_767_323_000, '491701111111:0@s.whatsapp.net')).toBeUndefined();
  expect(notifyOf(changed, '491702222222@s.whatsapp.net', 1_767_323_000)).toBe('Former');
  expect(notifyOf(changed, '491701111111@s.whatsapp.net', 1_767_323_011)).toBe('Former'); // its owner renamed it since
  expect(notifyOf(connection(), '491701111111@s.whatsapp.net', 1_767_323_000)).toBe('Former');
});
