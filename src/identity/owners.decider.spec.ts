import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { OwnersCommand } from './owners.commands.js';
import type { OwnersEvent } from './owners.contract.js';
import { ownersDecider } from './owners.decider.js';

const given = givenEvents(ownersDecider);
const [ana, bo] = ['0199aaaa-0000-7000-8000-00000000000a', '0199aaaa-0000-7000-8000-00000000000b'];
const [early, late] = ['2026-01-02T03:00:00.000Z', '2026-01-02T04:00:00.000Z'];

const add = (adminId: string, at: string): OwnersCommand => ({ type: 'AddOwner', data: { adminId, at } });
const remove = (adminId: string, at: string): OwnersCommand => ({ type: 'RemoveOwner', data: { adminId, at } });
const added = (adminId: string, addedAt: string): OwnersEvent => ({ type: 'OwnerAdded', data: { adminId, addedAt } });
const removed = (adminId: string, removedAt: string): OwnersEvent => ({
  type: 'OwnerRemoved',
  data: { adminId, removedAt },
});

describe('owners', () => {
  it('are counted once each', () => {
    given([])
      .when(add(ana, early))
      .then([added(ana, early)]);
    given([added(ana, early)])
      .when(add(ana, late))
      .then([]);
  });

  it('may go, but for the last one', () => {
    given([added(ana, early), added(bo, early)])
      .when(remove(bo, late))
      .then([removed(bo, late)]);
    given([added(ana, early)])
      .when(remove(ana, late))
      .refused('last_owner');
    given([added(ana, early), added(bo, early), removed(bo, late)])
      .when(remove(ana, late))
      .refused('last_owner');
  });

  it('do not come back by what was known before they went', () => {
    given([added(ana, early), added(bo, early), removed(bo, late)])
      .when(add(bo, early))
      .then([]);
    given([added(ana, early), added(bo, early), removed(bo, early)])
      .when(add(bo, late))
      .then([added(bo, late)]);
  });

  it('stay as they are where an admin who is no owner is removed', () => {
    given([added(ana, early)])
      .when(remove(bo, late))
      .then([]);
  });
});
