import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { PairingRegistry, type PairingAttempt } from './pairing-registry.js';

const lifetimeMs = 60_000;
const attempt = {} as PairingAttempt;

describe('QR references', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('expire one after the other', () => {
    const registry = new PairingRegistry();
    const [first = '', second = ''] = registry.issueRefs(attempt, 2, lifetimeMs);
    const later = performance.now() + 1.5 * lifetimeMs;
    jest.spyOn(performance, 'now').mockReturnValue(later);
    expect(() => registry.claim(first)).toThrow(expect.objectContaining({ code: 'pairing_expired' }));
    expect(registry.claim(second)).toBe(attempt);
  });

  it('do not depend on the wall clock', () => {
    const registry = new PairingRegistry();
    const [ref = ''] = registry.issueRefs(attempt, 1, lifetimeMs);
    const jumped = Date.now() + 10 * lifetimeMs;
    jest.spyOn(Date, 'now').mockReturnValue(jumped);
    expect(registry.claim(ref)).toBe(attempt);
  });

  it('are unknown once the attempt has ended', () => {
    const registry = new PairingRegistry();
    const [ref = ''] = registry.issueRefs(attempt, 1, lifetimeMs);
    registry.withdraw(attempt);
    expect(() => registry.claim(ref)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
