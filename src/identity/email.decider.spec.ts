import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { EmailCommand } from './email.commands.js';
import type { EmailEvent } from './email.contract.js';
import { emailDecider } from './email.decider.js';

const given = givenEvents(emailDecider);
const [ana, bo] = ['0199aaaa-0000-7000-8000-00000000000a', '0199aaaa-0000-7000-8000-00000000000b'];
const emailKey = 'k';
const second = (n: number) => new Date(Date.parse('2026-01-02T03:00:00.000Z') + n * 1000).toISOString();

const claim = (userId: string, n: number): EmailCommand => ({
  type: 'ClaimEmail',
  data: { emailKey, userId, adminId: null, at: second(n) },
});
const confirm = (userId: string, n: number): EmailCommand => ({
  type: 'ConfirmEmail',
  data: { emailKey, userId, adminId: null, at: second(n) },
});
const release = (userId: string, n: number): EmailCommand => ({
  type: 'ReleaseEmail',
  data: { emailKey, userId, adminId: null, at: second(n) },
});
const claimed = (userId: string, n: number): EmailEvent => ({
  type: 'EmailClaimed',
  data: { emailKey, userId, adminId: null, claimedAt: second(n) },
});
const confirmed = (userId: string, n: number): EmailEvent => ({
  type: 'EmailConfirmed',
  data: { emailKey, userId, adminId: null, confirmedAt: second(n) },
});
const released = (userId: string, n: number): EmailEvent => ({
  type: 'EmailReleased',
  data: { emailKey, userId, adminId: null, releasedAt: second(n) },
});

describe('an email address', () => {
  it('goes to whoever claims it first', () => {
    given([])
      .when(claim(ana, 0))
      .then([claimed(ana, 0)]);
    given([claimed(ana, 0)])
      .when(claim(bo, 1))
      .refused('email_taken');
  });

  it('goes to the next one where a claim did not become an account within a minute', () => {
    given([claimed(ana, 0)])
      .when(claim(bo, 60))
      .refused('email_taken');
    given([claimed(ana, 0)])
      .when(claim(bo, 61))
      .then([claimed(bo, 61)]);
  });

  it('stays with its account for ever, once that is there', () => {
    given([claimed(ana, 0), confirmed(ana, 1)])
      .when(claim(bo, 999_999))
      .refused('email_taken');
    given([claimed(ana, 0), confirmed(ana, 1), claimed(ana, 2)])
      .when(claim(bo, 999_999))
      .refused('email_taken');
  });

  it('is confirmed once', () => {
    given([claimed(ana, 0)])
      .when(confirm(ana, 1))
      .then([confirmed(ana, 1)]);
    given([claimed(ana, 0), confirmed(ana, 1)])
      .when(confirm(ana, 1))
      .then([]);
    given([claimed(bo, 0)])
      .when(confirm(ana, 1))
      .then([]);
  });

  it('is free again when its account lets it go', () => {
    const held = [claimed(ana, 0), confirmed(ana, 1)];
    given(held)
      .when(release(ana, 5))
      .then([released(ana, 5)]);
    given([...held, released(ana, 5)])
      .when(claim(bo, 6))
      .then([claimed(bo, 6)]);
    given([...held, released(ana, 5)])
      .when(release(ana, 5))
      .then([]);
  });

  it('is not taken from the account that came after, or that claimed it again meanwhile', () => {
    given([claimed(bo, 0), confirmed(bo, 1)])
      .when(release(ana, 5))
      .then([]);
    given([claimed(ana, 0), confirmed(ana, 1), claimed(ana, 7)])
      .when(release(ana, 5))
      .then([]);
  });
});
