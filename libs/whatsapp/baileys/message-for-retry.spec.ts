import { expect, it } from '@jest/globals';
import type { LidMapping } from './asking-device.js';
import { messageForRetry } from './message-for-retry.js';

const [ada, adaLid] = ['491702222222@s.whatsapp.net', '222222222222222@lid'];
const [bob, bobLid] = ['491703333333@s.whatsapp.net', '333333333333333@lid'];
const group = '120363041234567890@g.us';
const lids = new Map([
  [ada, adaLid],
  [bob, bobLid],
  ['5511987650000@s.whatsapp.net', '555555555555555@lid'],
]);
const lidMapping: LidMapping = {
  getLIDForPN: async (number) => lids.get(number) ?? null,
  getPNForLID: async (lid) => [...lids].find(([, other]) => other === lid)?.[0] ?? null,
};

const isBuiltFor = async (to: string, remoteJid: string | undefined): Promise<boolean> => {
  const find = async () => ({ to, build: async () => ({ conversation: 'Hello' }) });
  const key = { id: 'M1', ...(remoteJid !== undefined && { remoteJid }) };
  return (await messageForRetry(find, () => lidMapping)(key)) !== undefined;
};

it.each([
  [ada, '491702222222:4@s.whatsapp.net'],
  [ada, '222222222222222:4@lid'],
  [adaLid, ada],
  ['551187650000@s.whatsapp.net', '5511987650000:1@s.whatsapp.net'],
  ['551187650000@s.whatsapp.net', '555555555555555@lid'],
  ['491709999999@s.whatsapp.net', '999999999999999@lid'], // nobody has said who that is
  [group, group],
  [ada, undefined],
])('what went to %s is sent again where %s asks', async (to, asking) => {
  expect(await isBuiltFor(to, asking)).toBe(true);
});

it.each([
  [ada, bob],
  [ada, '333333333333333:2@lid'],
  [ada, '491709999999@s.whatsapp.net'],
  [ada, group],
  [group, ada],
  [group, '120363041234567891@g.us'],
])('what went to %s is not sent to %s, who has heard of its id', async (to, asking) => {
  expect(await isBuiltFor(to, asking)).toBe(false);
});
