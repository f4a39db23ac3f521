import { describe, expect, it } from '@jest/globals';
import { PairingWindow } from './pairing-window.js';

describe('the pairing window', () => {
  it('shows each QR for its own lifetime, which is longer for the first', () => {
    const pairing = new PairingWindow(undefined, undefined);
    expect(pairing.isOpen).toBe(false);
    expect(pairing.next(0)).toEqual({ show: 'qr', validForMs: 60_000 });
    expect(pairing.next(60_000)).toEqual({ show: 'qr', validForMs: 20_000 });
    expect(pairing.isOpen).toBe(true);
  });

  it('shows a code once, which is valid for as long as all QRs together', () => {
    const pairing = new PairingWindow('+491701234567', undefined);
    expect(pairing.next(0)).toEqual({ show: 'code', phoneNumber: '+491701234567', validForMs: 160_000 });
    expect(pairing.next(60_000)).toBeUndefined();
  });

  it('expires after all QRs, unless the session was linked', () => {
    const pairing = new PairingWindow(undefined, undefined);
    expect(pairing.hasExpired(1_000_000)).toBe(false);
    pairing.next(0);
    expect([160_000, 160_001].map((now) => pairing.hasExpired(now))).toEqual([false, true]);
    pairing.close();
    expect(pairing.hasExpired(160_001)).toBe(false);
  });
});
