import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { receivedSecrets } from './received-secrets.js';

const master = new MasterKey(randomBytes(32));
const secret = randomBytes(32);

describe('a secret of a received message', () => {
  const sealed = receivedSecrets(master, 'one').seal('media', secret);

  it('is sealed, and opens for the same session and use', () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(sealed).not.toContain(secret.toString(encoding).slice(0, 40));
    }
    expect(receivedSecrets(master, 'one').open('media', sealed)).toEqual(secret);
  });

  it('does not open for another session, use or master key', () => {
    const other = new MasterKey(randomBytes(32));
    expect(() => receivedSecrets(master, 'two').open('media', sealed)).toThrow('another key');
    expect(() => receivedSecrets(master, 'one').open('message', sealed)).toThrow('another');
    expect(() => receivedSecrets(other, 'one').open('media', sealed)).toThrow('another key');
  });
});
