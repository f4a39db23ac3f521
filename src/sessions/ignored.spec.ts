import { expect, it } from '@jest/globals';
import { personOf } from '#lib/whatsapp';
import { isIgnored } from './ignored.contract.js';

const ada = personOf('491701234567@s.whatsapp.net', '338412907716533@lid');
const bob = personOf('15550001111@s.whatsapp.net');
const group = personOf('120363041234567890@g.us');
const status = personOf('status@broadcast');
const channel = personOf('120363400000000001@newsletter');

it.each([
  [['groups'], [group], [ada, bob, status, channel]],
  [['+491701234567'], [ada], [bob, group]],
  [['338412907716533@lid'], [ada], [bob, group]],
  [['491701234567@s.whatsapp.net'], [ada, personOf('338412907716533@lid', '491701234567@s.whatsapp.net')], [bob]],
  [['120363041234567890@g.us'], [group], [ada]],
  [['status'], [status], [ada, bob, group, channel]],
  [['channels'], [channel], [ada, bob, group, status]],
  [['120363400000000001@newsletter'], [channel], [status, personOf('120363400000000002@newsletter')]],
  [[], [], [ada, bob, group, status, channel]],
])('%j leaves out what it names, and nothing else', (ignore, ignored, others) => {
  expect(ignored.map((chat) => isIgnored(ignore, chat))).toEqual(ignored.map(() => true));
  expect(others.map((chat) => isIgnored(ignore, chat))).toEqual(others.map(() => false));
});
