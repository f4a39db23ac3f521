import { expect, it } from '@jest/globals';
import type { WASocket } from '@whiskeysockets/baileys';
import { groupsThrough } from './questions.js';

const [ada, bob] = ['491701@s.whatsapp.net', '491702@s.whatsapp.net'];
type Answer = Awaited<ReturnType<WASocket['groupParticipantsUpdate']>>;

/** What became of both, where Baileys makes this of what WhatsApp answers. */
const outcomes = (...answer: readonly { readonly jid: string; readonly status: string }[]) =>
  groupsThrough((_session, question) =>
    question({ groupParticipantsUpdate: async () => answer as Answer } as unknown as WASocket),
  ).changeParticipants('one', '1@g.us', 'add', [ada!, bob!]);

it('names people as they were asked for, and leaves out whom WhatsApp leaves out', async () => {
  expect(await outcomes({ jid: '1@lid', status: '409' }, { jid: '2@lid', status: '200' })).toEqual([
    { jid: ada, refusedWith: 409 },
    { jid: bob, refusedWith: null },
  ]);
  expect(await outcomes({ jid: bob!, status: '403' })).toEqual([{ jid: bob, refusedWith: 403 }]);
});

it('fails where WhatsApp answers for nobody', async () => {
  await expect(outcomes()).rejects.toMatchObject({ name: 'QueryFailed', code: null });
});
