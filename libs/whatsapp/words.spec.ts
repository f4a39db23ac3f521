import { describe, expect, it } from '@jest/globals';
import { disconnectOf } from './disconnects.js';
import { messageIdFor } from './message-id.js';
import { refusalOf } from './refusals.js';

describe('the end of a connection', () => {
  it.each([
    [401, 'logged_out', 'never'],
    [402, 'temporarily_banned', 'later'],
    [403, 'banned', 'never'],
    [405, 'client_outdated', 'never'],
    [408, 'connection_lost', 'later'],
    [411, 'multidevice_mismatch', 'never'],
    [428, 'connection_closed', 'later'],
    [440, 'replaced', 'never'],
    [500, 'server_error', 'later'],
    [503, 'service_unavailable', 'later'],
    [515, 'restart_required', 'at_once'],
    [599, 'unknown', 'later'],
  ])('with code %i means %s, to be tried again: %s', (code, reason, retry) => {
    expect(disconnectOf(code)).toEqual({ code, reason, retry, detail: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('of no known meaning says the code', () => expect(disconnectOf(599).detail).toContain('599'));
});

describe('a refusal', () => {
  it.each([
    [463, false],
    [479, true],
    [400, false],
    [500, true],
    [999, false],
  ])('with code %i may be tried again: %s', (code, retryable) => {
    expect(refusalOf(code)).toEqual({ code, retryable, reason: expect.stringMatching(/^WhatsApp.*\.$/) });
  });
});

describe('a message id', () => {
  it('is of WhatsApp’s form, the same for the same message and another one for another', () => {
    expect(messageIdFor('a')).toMatch(/^3EB0[0-9A-F]{18}$/);
    expect(messageIdFor('a')).toBe(messageIdFor('a'));
    expect(messageIdFor('a')).not.toBe(messageIdFor('b'));
  });
});
