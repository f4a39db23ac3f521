import { describe, expect, it } from '@jest/globals';
import { disconnectOf } from './disconnects.js';

describe('a disconnect code', () => {
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
  ])('%i means %s, and to reconnect %s', (code, reason, retry) => {
    expect(disconnectOf(code)).toEqual({ code, reason, retry, detail: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('of unknown meaning is in the detail', () => expect(disconnectOf(599).detail).toContain('599'));
});
