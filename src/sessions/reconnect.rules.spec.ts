import { describe, expect, it } from '@jest/globals';
import {
  attemptDueAt,
  isNothingNew,
  maxReconnectWaitMs,
  mustWait,
  nextAttempt,
  reconnectWaitMs,
} from './reconnect.rules.js';

const lost = { reason: 'connection_lost', retry: 'later', chance: 1 } as const;
const restart = { reason: 'restart_required', retry: 'at_once', chance: 1 } as const;
const ban = { reason: 'temporarily_banned', retry: 'later', chance: 1 } as const;

describe('the wait before a session connects again', () => {
  it('doubles with each attempt, up to two minutes', () => {
    const waits = [1, 2, 6, 7, 41].map((attempt) => reconnectWaitMs(attempt, lost));
    expect(waits).toEqual([1000, 2000, 32_000, 64_000, 120_000]);
  });

  it('is random by half, so that sessions that were disconnected together come back one by one', () => {
    expect(reconnectWaitMs(2, { ...lost, chance: 0 })).toBe(1000);
    expect(reconnectWaitMs(2, { ...lost, chance: 0.5 })).toBe(1500);
  });

  it('is nothing where WhatsApp asks for a new connection, but only for the first attempt', () => {
    expect(reconnectWaitMs(1, restart)).toBe(0);
    expect(reconnectWaitMs(2, restart)).toBe(2000);
  });

  it('is five minutes to an hour while the account is banned', () => {
    expect([1, 2, 10].map((attempt) => reconnectWaitMs(attempt, ban))).toEqual([300_000, 600_000, maxReconnectWaitMs]);
  });

  it('goes on growing unless the last connection lasted a minute', () => {
    const at = '2026-11-23T10:10:00.000Z';
    expect(nextAttempt(3, null, at)).toBe(4);
    expect(nextAttempt(3, '2026-11-23T10:09:01.000Z', at)).toBe(4);
    expect(nextAttempt(3, '2026-11-23T10:09:00.000Z', at)).toBe(1);
  });

  it('ends with a restart of the service, but for a ban, unless its end is further off than such a wait can be', () => {
    const now = Date.parse('2026-11-23T10:00:00.000Z');
    const waits = (nextAttemptAt: string | null, reason: string) => mustWait({ nextAttemptAt, reason }, now);
    expect(waits('2026-11-23T10:01:59.000Z', 'connection_lost')).toBe(false);
    expect(waits('2026-11-23T10:59:59.000Z', 'temporarily_banned')).toBe(true);
    expect(waits('2026-11-24T10:00:00.000Z', 'temporarily_banned')).toBe(false);
    expect(waits('2026-11-23T10:00:00.000Z', 'temporarily_banned')).toBe(false);
    expect(waits(null, 'temporarily_banned')).toBe(false);
  });
});

describe('a session whose time was recorded before the wall clock was set back', () => {
  it('is tried now where that is further off than such a wait can be', () => {
    const now = '2026-11-23T10:00:00.000Z';
    const due = (nextAttemptAt: string, reason: string | null) =>
      attemptDueAt({ nextAttemptAt, reason }, Date.parse(now));
    for (const [nextAttemptAt, reason] of [
      ['2026-11-23T10:02:00.000Z', 'connection_lost'],
      ['2026-11-23T09:00:00.000Z', 'connection_lost'],
      ['2026-11-23T11:00:00.000Z', 'temporarily_banned'],
    ] as const) {
      expect(due(nextAttemptAt, reason)).toBe(nextAttemptAt);
    }
    expect(due('2026-11-23T10:02:00.001Z', 'connection_lost')).toBe(now);
    expect(due('2026-11-23T11:00:00.001Z', 'temporarily_banned')).toBe(now);
    expect(due('2026-11-23T10:38:00.000Z', null)).toBe(now);
  });
});

describe('one more failed attempt', () => {
  it('is nothing new after eight, unless a ban begins or ends, or goes on', () => {
    expect(isNothingNew(7, 'connection_lost', 'connection_lost')).toBe(false);
    expect(isNothingNew(8, 'connection_lost', 'timed_out')).toBe(true);
    expect(isNothingNew(8, 'temporarily_banned', 'connection_lost')).toBe(false);
    expect(isNothingNew(8, 'connection_lost', 'temporarily_banned')).toBe(false);
    expect(isNothingNew(8, 'temporarily_banned', 'temporarily_banned')).toBe(false);
  });
});
