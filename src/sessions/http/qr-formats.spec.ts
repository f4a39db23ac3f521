import { describe, expect, it } from '@jest/globals';
import { preferredQrType } from './qr-formats.js';

describe('the form of a QR', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['nonsense;;;', 'application/json'],
    ['image/*', 'image/png'],
    ['IMAGE/PNG', 'image/png'],
    ['image/png;q=0, image/*', 'image/svg+xml'],
    ['image/png;q=0.5, text/plain;q=0.9', 'text/plain'],
    ['text/html, image/svg+xml;q=0.2, */*;q=0.1', 'image/svg+xml'],
  ])('for Accept: %s is %s', (accept, type) => {
    expect(preferredQrType(accept)).toBe(type);
  });
});
