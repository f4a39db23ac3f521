import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { BlockListEvent } from './block-list.contract.js';
import { blockListDecider, type BlockedPerson, type RecordBlock, type RecordBlockList } from './block-list.decider.js';

const at = '2026-11-23T10:10:00.000Z';
const owner = {
  sessionId: '0199a3c4-1f00-7000-8000-00000000005e',
  userId: '0199a3c4-1f00-7000-8000-000000000001',
  account: '+491701234567',
};
const ada: BlockedPerson = { phoneNumber: '+15550001111', lid: '1@lid' };
const bob: BlockedPerson = { phoneNumber: null, lid: '2@lid' };
const blocked = (person: BlockedPerson): BlockListEvent => ({
  type: 'PersonBlocked',
  data: { ...owner, ...person, blockedAt: at },
});
const unblocked = (person: BlockedPerson): BlockListEvent => ({
  type: 'PersonUnblocked',
  data: { ...owner, ...person, unblockedAt: at },
});
const record = (person: BlockedPerson, isBlocked: boolean): RecordBlock => ({
  type: 'RecordBlock',
  data: { ...owner, person, isBlocked, at },
});
const recordList = (...people: readonly BlockedPerson[]): RecordBlockList => ({
  type: 'RecordBlockList',
  data: { ...owner, blocked: people, at },
});
const list = given(blockListDecider);

describe('the block list of an account', () => {
  it('has somebody from when they are blocked until they are unblocked', () => {
    list([])
      .when(record(ada, true))
      .then([blocked(ada)]);
    list([blocked(ada)])
      .when(record(ada, true))
      .then([]);
    list([blocked(ada)])
      .when(record(ada, false))
      .then([unblocked(ada)]);
    list([blocked(ada), unblocked(ada)])
      .when(record(ada, false))
      .then([]);
  });

  it('follows the one of WhatsApp, whoever changed that', () => {
    list([blocked(ada)])
      .when(recordList(bob))
      .then([unblocked(ada), blocked(bob)]);
    list([blocked(ada), blocked(bob)])
      .when(recordList(bob, ada))
      .then([]);
  });

  it('knows a person by either address', () => {
    list([blocked(ada)])
      .when(recordList({ phoneNumber: null, lid: '1@lid' }))
      .then([]);
    list([blocked(ada)])
      .when(record({ phoneNumber: '+15550001111', lid: null }, true))
      .then([]);
  });

  it('is another one where the session is linked to another account', () => {
    const other = { ...owner, account: '+491709999999' };
    list([blocked(ada)])
      .when({ type: 'RecordBlockList', data: { ...other, blocked: [ada], at } })
      .then([{ type: 'PersonBlocked', data: { ...other, ...ada, blockedAt: at } }]);
  });
});
