import { describe, expect, it } from '@jest/globals';
import { ConnectionLost, NotConnected, QueryFailed } from '#lib/whatsapp';
import type { GroupParticipant } from './group.contract.js';
import { failureOf, mayBeDone, resultsOfChanges, type MemberChange, type TriedChange } from './member-changes.rules.js';

const ada = { text: '+49 170 1', phoneNumber: '+491701', jid: '491701@s.whatsapp.net' };
const bob = { text: '7@lid', jid: '7@lid' };
const nobody = { text: 'Nobody' };
const people = [ada, bob, nobody];
const unknown = { number: 'Nobody', ok: false, code: 'invalid_recipient' };

const added: TriedChange<MemberChange> = {
  change: 'add',
  people,
  kind: 'answered',
  outcomes: [
    { jid: ada.jid, refusedWith: null },
    { jid: bob.jid, refusedWith: 409 },
  ],
};
const failed = (error: unknown, change: MemberChange = 'promote'): TriedChange<MemberChange> => ({
  change,
  people,
  kind: 'failed',
  error,
});
const skipped: TriedChange<MemberChange> = { change: 'demote', people, kind: 'skipped' };
const lost = new ConnectionLost('one');

const codesOf = (tried: readonly TriedChange<MemberChange>[], participants?: readonly GroupParticipant[]) =>
  resultsOfChanges(tried, participants).map(({ ok, code }) => code ?? ok);

describe('a change of a group that takes several questions', () => {
  it('tells what was done before one was refused, and what was not tried after it', () => {
    expect(resultsOfChanges([added, failed(new QueryFailed(403, 'forbidden')), skipped], [])).toEqual([
      { action: 'add', number: ada.text, ok: true },
      { action: 'add', number: bob.text, ok: false, code: 'in_group_already' },
      { action: 'add', ...unknown },
      { action: 'promote', number: ada.text, ok: false, code: 'group_not_allowed' },
      { action: 'promote', number: bob.text, ok: false, code: 'group_not_allowed' },
      { action: 'promote', ...unknown },
      { action: 'demote', number: ada.text, ok: false, code: 'not_tried' },
      { action: 'demote', number: bob.text, ok: false, code: 'not_tried' },
      { action: 'demote', ...unknown },
    ]);
  });

  it.each([
    [401, 'group_not_allowed'],
    [404, 'group_not_found'],
    [410, 'group_not_found'],
    [429, 'whatsapp_rate_limited'],
    [406, 'group_change_refused'],
  ])('names the refusal %i %s', (code, name) => {
    expect(codesOf([added, failed(new QueryFailed(code, 'no'))], []).slice(3)).toEqual([name, name, unknown.code]);
    expect(mayBeDone(new QueryFailed(code, 'no'))).toBe(false);
  });

  it('knows that nothing was done where the session was not connected, and nobody was asked', () => {
    const error = new NotConnected('one');
    expect(codesOf([added, failed(error)], []).slice(3, 5)).toEqual(Array(2).fill('session_not_connected'));
    expect(mayBeDone(error)).toBe(false);
  });

  const both = (role: GroupParticipant['role']): readonly GroupParticipant[] => [
    { phoneNumber: '+491701', lid: '1@lid', role },
    { phoneNumber: '+491707', lid: '7@lid', role: 'member' },
  ];
  it.each<[MemberChange, readonly GroupParticipant[] | undefined, unknown, unknown]>([
    ['promote', both('admin'), true, 'not_answered'],
    ['demote', both('owner'), 'not_answered', true],
    ['add', both('member'), true, true],
    ['approve', [], 'not_answered', 'not_answered'],
    ['remove', both('member').slice(1), true, 'not_answered'],
    ['remove', [{ phoneNumber: null, lid: '1@lid', role: 'member' }], 'unconfirmed', true],
    ['reject', both('member'), 'unconfirmed', 'unconfirmed'],
    ['add', undefined, 'unconfirmed', 'unconfirmed'],
  ])('where the answer to %s is lost, takes from the group whether it was done', (change, now, first, second) => {
    for (const error of [lost, new QueryFailed(null, 'timed out'), new QueryFailed(500, 'error')]) {
      expect(mayBeDone(error)).toBe(true);
      expect(codesOf([failed(error, change)], now)).toEqual([first, second, unknown.code]);
    }
  });

  it('fails only where nothing else is to be told', () => {
    const failure = failed(lost);
    const none: TriedChange<MemberChange> = { change: 'add', people: [nobody], kind: 'answered', outcomes: [] };
    expect(failureOf([none, failure, skipped], [unknown])).toBe(failure);
    expect(failureOf([failure], [unknown, { number: ada.text, ok: true }])).toBeUndefined();
    expect(failureOf([added, failure], [unknown])).toBeUndefined();
    expect(failureOf([added], [])).toBeUndefined();
  });
});
