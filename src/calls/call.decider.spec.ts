import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { RecordCallEnded, RecordCallOffered } from './call.commands.js';
import type { CallEvent } from './call.contract.js';
import { callDecider } from './call.decider.js';

const given = givenEvents(callDecider);

const owner = {
  callId: '0199aaaa-0000-8000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
};
const at = '2026-01-02T03:04:05.600Z';
const call = {
  ...owner,
  account: '+491701111111',
  caller: { phoneNumber: '+491702222222', lid: null },
  whatsappId: 'C1',
  from: '491702222222@s.whatsapp.net',
  isVideo: false,
  isGroup: false,
  isToBeRejected: true,
  answer: 'Please write to us.',
  calledAt: '2026-01-02T03:04:05.000Z',
};
const offer: RecordCallOffered = { type: 'RecordCallOffered', data: { ...call, at } };
const offered: CallEvent = { type: 'CallOffered', data: { ...call, offeredAt: at } };
const end = (outcome: RecordCallEnded['data']['outcome'], endedAt = at): RecordCallEnded => ({
  type: 'RecordCallEnded',
  data: { callId: owner.callId, outcome, reason: null, at: endedAt },
});
const ended: CallEvent = { type: 'CallEnded', data: { ...owner, outcome: 'missed', reason: null, endedAt: at } };

describe('a call', () => {
  it('is recorded once', () => {
    given([]).when(offer).then([offered]);
    given([offered]).when(offer).then([]);
    given([offered, ended]).when(offer).then([]);
  });

  it('ends once, as it ended first, and not before it was offered', () => {
    given([offered]).when(end('missed')).then([ended]);
    given([offered]).when(end('missed', '2026-01-01T00:00:00.000Z')).then([ended]);
    given([offered, ended]).when(end('accepted')).then([]);
    given([]).when(end('missed')).then([]);
  });
});
