import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';
import { later, messageEvent, messageOwner } from './message.builders.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;
const queued = messageEvent('MessageQueued');
const tomorrow = '2026-01-03T00:00:00.000Z';
const dayAfter = '2026-01-04T00:00:00.000Z';

type Reason = 'new_contacts' | 'pacing';
const hold = (
  why: Reason,
  until: string,
  at = later,
  estimate: { readonly isEstimate?: true } = {},
): MessageCommand => ({
  type: 'HoldMessage',
  data: { messageId, why, detail: 'It waits.', until, ...estimate, at },
});
const held = (why: Reason, until: string, heldAt = later, estimate: { readonly isEstimate?: true } = {}) =>
  messageEvent('MessageHeld', { why, until, ...estimate, heldAt });
const about = { isEstimate: true } as const;

describe('a message that waits until a time', () => {
  it('tells until when, and tells it once, whatever restarts', () => {
    given([queued])
      .when(hold('new_contacts', tomorrow))
      .then([held('new_contacts', tomorrow)]);
    given([queued, held('new_contacts', tomorrow)])
      .when(hold('new_contacts', tomorrow))
      .then([]);
  });

  it('tells a later date once the first one is over', () => {
    given([queued, held('new_contacts', tomorrow)])
      .when(hold('new_contacts', dayAfter, tomorrow))
      .then([held('new_contacts', dayAfter, tomorrow)]);
  });

  it('does not tell it again where the time was an estimate', () => {
    given([queued, held('pacing', tomorrow, later, about)])
      .when(hold('pacing', dayAfter, tomorrow, about))
      .then([]);
  });

  it('tells the date where there was an estimate before, and one that is moved', () => {
    given([queued, held('new_contacts', tomorrow, later, about)])
      .when(hold('new_contacts', dayAfter))
      .then([held('new_contacts', dayAfter)]);
    given([queued, held('new_contacts', tomorrow)])
      .when(hold('new_contacts', dayAfter))
      .then([held('new_contacts', dayAfter)]);
  });

  it('is on record as the first one to somebody where it is', () => {
    given([queued])
      .when({ type: 'BeginAttempt', data: { messageId, newContact: true, at: later } })
      .then([messageEvent('MessageAttempted', { newContact: true })]);
  });
});

describe('a message that waits for reasons that alternate', () => {
  const offline = messageEvent('MessageHeld', { why: 'session_offline', heldAt: later });
  const isOffline: MessageCommand = {
    type: 'HoldMessage',
    data: { messageId, why: 'session_offline', detail: 'It waits.', at: later },
  };
  const paced = held('pacing', tomorrow, later, about);
  const quiet = held('new_contacts', tomorrow);

  it('says last what it waits for now', () => {
    given([queued, paced, offline])
      .when(hold('pacing', dayAfter, later, about))
      .then([held('pacing', dayAfter, later, about)]);
    given([queued, offline, paced]).when(isOffline).then([offline]);
    given([queued, quiet, offline]).when(hold('new_contacts', tomorrow)).then([quiet]);
  });

  it('says so twenty times, and then only what it has not said yet', () => {
    const often = Array.from({ length: 10 }, () => [offline, paced]).flat();
    given([queued, ...often])
      .when(isOffline)
      .then([]);
    given([queued, ...often])
      .when(hold('pacing', dayAfter, later, about))
      .then([]);
    given([queued, ...often])
      .when(hold('new_contacts', tomorrow))
      .then([quiet]);
  });
});
