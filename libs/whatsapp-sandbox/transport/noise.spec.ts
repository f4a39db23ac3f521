import { describe, expect, it } from '@jest/globals';
import { makeNoiseHandler } from '@whiskeysockets/baileys/lib/Utils/noise-handler.js';
import { Curve } from '@whiskeysockets/baileys/lib/Utils/crypto.js';
import { NOISE_WA_HEADER } from '@whiskeysockets/baileys/lib/Defaults/index.js';
import pino from 'pino';
import { verifySignature } from '#lib/curve25519';
import { Authority } from './authority.js';
import { NoiseResponder } from './noise.js';
import { proto } from './wire.js';

const logger = pino({ level: 'silent' });
const handshake = (authority: Authority) => {
  const [keyPair, noiseKey] = [Curve.generateKeyPair(), Curve.generateKeyPair()];
  const client = makeNoiseHandler({ keyPair, NOISE_HEADER: NOISE_WA_HEADER, logger });
  const server = new NoiseResponder(authority.identity);
  const serverHello = server.hello(keyPair.public);
  const sealedStatic = client.processHandshake(proto.HandshakeMessage.create({ serverHello }), noiseKey);
  return { client, server, noiseKey, sealedStatic };
};

describe('the noise handshake', () => {
  it('authenticates the client and decrypts its payload', () => {
    const { client, server, noiseKey, sealedStatic } = handshake(Authority.generate());
    const finished = server.finish(sealedStatic, client.encrypt(Buffer.from('payload')));
    expect(finished.clientStatic).toEqual(Buffer.from(noiseKey.public));
    expect(finished.payload.toString()).toBe('payload');
  });

  it('refuses a finish of another handshake', () => {
    const { client, sealedStatic } = handshake(Authority.generate());
    const other = handshake(Authority.generate());
    expect(() => other.server.finish(sealedStatic, client.encrypt(Buffer.from('payload')))).toThrow();
  });

  it('yields the same transport keys as the client, and detects a modified byte', async () => {
    const { client, server, sealedStatic } = handshake(Authority.generate());
    server.finish(sealedStatic, client.encrypt(Buffer.alloc(1)));
    const cipher = server.transport();
    await client.finishInit();
    expect(cipher.decrypt(client.encrypt(Buffer.from('one'))).toString()).toBe('one');
    expect(client.decrypt(cipher.encrypt(Buffer.from('two'))).toString()).toBe('two');
    const sealed = Buffer.from(client.encrypt(Buffer.from('three')));
    sealed[0] = (sealed[0] ?? 0) ^ 1;
    expect(() => cipher.decrypt(sealed)).toThrow();
  });
});

describe('the certificate chain', () => {
  it('leads from the root to the static key, also after a restart', () => {
    const first = Authority.generate();
    const { identity, rootPublicKey } = Authority.restore(first.snapshot());
    expect(rootPublicKey).toEqual(first.rootPublicKey);
    const { intermediate, leaf } = proto.CertChain.decode(identity.certificate);
    const details = (bytes: Uint8Array) => proto.CertChain.NoiseCertificate.Details.decode(bytes);
    const intermediateKey = details(intermediate!.details!).key!;
    expect(verifySignature(rootPublicKey, intermediate!.details!, intermediate!.signature!)).toBe(true);
    expect(verifySignature(intermediateKey, leaf!.details!, leaf!.signature!)).toBe(true);
    expect(Buffer.from(details(leaf!.details!).key!)).toEqual(first.identity.staticKey.publicKey);
  });
});
