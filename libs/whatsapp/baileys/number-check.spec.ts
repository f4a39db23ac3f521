import { describe, expect, it } from '@jest/globals';
import type { WASocket } from '@whiskeysockets/baileys';
import { checkNumbers } from './number-check.js';

type User = { readonly id: string; readonly contact: object; readonly lid?: string };

/** A socket on which WhatsApp answers with these users. */
const answering = (...list: readonly User[]): Pick<WASocket, 'executeUSyncQuery'> => ({
  executeUSyncQuery: () => Promise.resolve({ list: [...list], sideList: [] }),
});
const [typed, own, other] = ['+5511987654321', '551187654321@s.whatsapp.net', '+491701234567'];
const lid = '338412907716533@lid';

describe('a look-up of numbers', () => {
  it('knows which question an answer with another spelling belongs to', async () => {
    const socket = answering({ id: own, contact: { exists: true, requested: typed }, lid });
    expect(await checkNumbers(socket, [other, typed])).toEqual([
      { phoneNumber: other, exists: false, jid: null, lid: null },
      { phoneNumber: typed, exists: true, jid: own, lid },
    ]);
  });

  it('goes by the order of the answers where they do not repeat the question', async () => {
    const socket = answering(
      { id: '491701234567@s.whatsapp.net', contact: { exists: false } },
      { id: own, contact: { exists: true }, lid },
    );
    expect(await checkNumbers(socket, [other, typed])).toEqual([
      { phoneNumber: other, exists: false, jid: null, lid: null },
      { phoneNumber: typed, exists: true, jid: own, lid },
    ]);
  });
});
