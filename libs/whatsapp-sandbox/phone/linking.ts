import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ctrApply, gcmDecrypt, hkdfSha256 } from '../crypto/cipher.js';
import { agree, generateKeyPair } from '#lib/curve25519';
import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { lidJid, pnJid } from '../network/address.js';
import { Companion } from '../network/companion.js';
import type { Network } from '../network/network.js';
import { StanzaOutbox } from '../network/stanza-outbox.js';
import type { PairingAttempt } from '../network/pairing-registry.js';
import { nodeBytes, child, childBytes, el, type BinaryNode } from '../transport/wire.js';
import { acceptDevice, signDevice } from './adv.js';
import type { PhoneKeys } from './keys.js';

const deriveKey = promisify(pbkdf2);
const pbkdf2Iterations = 131_072;
const wrappedKeyBytes = 80;
const emptySalt = Buffer.alloc(32);

type Linking = { readonly account: SandboxAccount; readonly keys: PhoneKeys; readonly network: Network };

/** Links the client that shows this QR code. */
export async function linkByQr(linking: Linking, qr: string): Promise<Companion> {
  const [ref = '', noiseKey = '', identityKey = '', advSecret = ''] = qr
    .slice(qr.indexOf('#') + 1)
    .trim()
    .split(',');
  if (advSecret === '') throw new SandboxError('invalid_argument', 'this is not a WhatsApp QR code');
  const attempt = linking.network.pairing.claim(ref);
  const genuine =
    attempt.noiseKey.equals(Buffer.from(noiseKey, 'base64')) &&
    attempt.identityKey.equals(Buffer.from(identityKey, 'base64'));
  if (!genuine) throw new SandboxError('companion_refused', 'the keys in the QR code are not those of its client');
  return link(linking, attempt, Buffer.from(advSecret, 'base64'));
}

/** Links the client that shows this pairing code for the phone's number. After a wrong code the client keeps waiting. */
export async function linkByCode(linking: Linking, code: string): Promise<Companion> {
  const { account, keys, network } = linking;
  const { attempt, ref, wrappedEphemeral } = network.pairing.codeFor(account.number);
  const secret = code.replace(/[\s-]/g, '').toUpperCase();
  const theirEphemeral = await unwrapKey(secret, wrappedEphemeral);
  const ephemeral = generateKeyPair();
  const finish = await attempt.greet([
    el('link_code_pairing_ref', {}, ref),
    el('primary_identity_pub', {}, keys.identity.publicKey),
    el('link_code_pairing_wrapped_primary_ephemeral_pub', {}, await wrapKey(secret, ephemeral.publicKey)),
  ]);
  const shared = agreeWithClient(ephemeral.privateKey, theirEphemeral);
  const random = openKeyBundle(shared, finish.request, attempt.identityKey, keys.identity.publicKey);
  if (random === undefined) {
    finish.refuse();
    throw new SandboxError('wrong_code', 'the client shows a different code');
  }
  finish.accept();
  const secrets = Buffer.concat([shared, agreeWithClient(keys.identity.privateKey, attempt.identityKey), random]);
  return link(linking, attempt, hkdfSha256(secrets, 32, emptySalt, 'adv_secret'));
}

async function link(linking: Linking, attempt: PairingAttempt, advSecret: Buffer): Promise<Companion> {
  const { account, keys, network } = linking;
  const { limits, changed } = network.parts;
  if (account.companions.size >= limits.devicesPerPhone) {
    throw new SandboxError(
      'too_many_devices',
      `${account.number} already has ${account.companions.size} linked devices`,
    );
  }
  network.pairing.withdraw(attempt);
  const [device, keyIndex] = [account.allocateDevice(), account.nextKeyIndex++];
  const signed = signDevice(keys.identity, attempt.identityKey, keyIndex, advSecret);
  const answer = await attempt.offerDevice([
    el('device-identity', {}, signed.authenticated),
    el('device', { jid: pnJid(account.number, device), lid: lidJid(account.lid, device) }),
    el('platform', { name: 'android' }),
    el('biz', { name: account.name }),
  ]);
  const identity = nodeBytes(child(child(answer, 'pair-device-sign'), 'device-identity'));
  const deviceIdentity = acceptDevice(identity, signed, keys.identity.publicKey, attempt.identityKey);
  if (deviceIdentity === undefined) throw new SandboxError('companion_refused', 'the client did not sign its identity');
  const { noiseKey, identityKey, registrationId, platform, signedPreKey } = attempt;
  const linkedAt = new Date().toISOString();
  const companion = new Companion(
    { number: account.number, device },
    { noiseKey, identityKey, registrationId, platform, keyIndex, deviceIdentity, linkedAt },
    signedPreKey,
    network.directory,
    changed,
    new StanzaOutbox(limits.waitingBytesPerDevice),
  );
  network.link(account, companion);
  attempt.restart();
  return companion;
}

/** The random part of the client's key bundle; undefined if it was encrypted with another code. */
function openKeyBundle(shared: Buffer, request: BinaryNode, theirs: Buffer, ours: Buffer): Buffer | undefined {
  const wrapped = childBytes(child(request, 'link_code_companion_reg'), 'link_code_pairing_wrapped_key_bundle');
  const key = hkdfSha256(shared, 32, wrapped.subarray(0, 32), 'link_code_pairing_key_bundle_encryption_key');
  try {
    const bundle = gcmDecrypt(key, wrapped.subarray(32, 44), wrapped.subarray(44));
    const genuine = bundle.subarray(0, 32).equals(theirs) && bundle.subarray(32, 64).equals(ours);
    return genuine ? bundle.subarray(64, 96) : undefined;
  } catch {
    return undefined; // tag mismatch: wrong code
  }
}

/** The client may send a key for which the agreement fails. */
function agreeWithClient(privateKey: Buffer, publicKey: Buffer): Buffer {
  try {
    return agree(privateKey, publicKey);
  } catch {
    throw new SandboxError('companion_refused', 'the client sent an unusable key');
  }
}

const codeKey = (code: string, salt: Buffer): Promise<Buffer> => deriveKey(code, salt, pbkdf2Iterations, 32, 'sha256');

async function wrapKey(code: string, publicKey: Buffer): Promise<Buffer> {
  const [salt, iv] = [randomBytes(32), randomBytes(16)];
  return Buffer.concat([salt, iv, ctrApply(await codeKey(code, salt), iv, publicKey)]);
}

async function unwrapKey(code: string, wrapped: Buffer): Promise<Buffer> {
  if (wrapped.length !== wrappedKeyBytes)
    throw new SandboxError('companion_refused', 'the client sent an unusable key');
  return ctrApply(await codeKey(code, wrapped.subarray(0, 32)), wrapped.subarray(32, 48), wrapped.subarray(48, 80));
}
