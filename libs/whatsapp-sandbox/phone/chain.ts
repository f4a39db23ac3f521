import { createRequire } from 'node:module';
import type { SessionRecord } from 'libsignal';
import { ShortHmac } from '../crypto/short-hmac.js';
import type { Ciphertext } from '../network/mail.js';
import { sessionsOf, type SignalChain, type SignalSession } from './signal-record.js';

/** libsignal's own, by way of `require` since its types lack most of it. */
const require = createRequire(import.meta.url);
const { PreKeyWhisperMessage, WhisperMessage } = require('libsignal/src/protobufs.js') as {
  readonly PreKeyWhisperMessage: { decode(bytes: Uint8Array): { readonly baseKey: Buffer; readonly message: Buffer } };
  readonly WhisperMessage: {
    decode(bytes: Uint8Array): { readonly ephemeralKey: Buffer; readonly counter: number; readonly ciphertext: Buffer };
  };
};
const crypto = require('libsignal/src/crypto.js') as {
  decrypt(key: Buffer, data: Buffer, iv: Buffer): Buffer;
  deriveSecrets(input: Buffer, salt: Buffer, info: Buffer): readonly [key: Buffer, macKey: Buffer, iv: Buffer];
  verifyMAC(data: Buffer, key: Buffer, mac: Buffer, length: number): void;
};

const VERSION = 0x33;
const VERSION_BYTE = Buffer.from([VERSION]);
const MAC_BYTES = 8;
const IV_BYTES = 16;
const RECEIVING = 2;
const THEIRS = 2;
const LONGEST_GAP = 2_000;
const NO_SALT = Buffer.alloc(32);
const MESSAGE_KEYS = Buffer.from('WhisperMessageKeys');
const MESSAGE = Buffer.from([1]);
const NEXT = Buffer.from([2]);

/**
 * Reads a message that needs no more than a chain that its session already has, as nearly all do. The result is libsignal's, the
 * checks are its own, but it takes a fraction of the time: the record changes only when the message has turned out to be genuine,
 * so that no copy of it is needed. Undefined for everything else, which is left to libsignal.
 */
export function readOnChain(
  record: SessionRecord,
  { attrs, bytes }: Ciphertext,
  ownIdentity: Buffer,
): Buffer | undefined {
  const sessions = sessionsOf(record);
  if (bytes[0] !== VERSION) return undefined;
  try {
    if (attrs.type === 'pkmsg') {
      const { baseKey, message } = PreKeyWhisperMessage.decode(bytes.subarray(1));
      const session = sessions[baseKey.toString('base64')];
      return session?.indexInfo.baseKeyType === THEIRS ? read(session, message, ownIdentity) : undefined;
    }
    const session = newest(Object.values(sessions));
    const plain = session && read(session, bytes, ownIdentity);
    if (plain) session.indexInfo.used = Date.now();
    return plain;
  } catch {
    return undefined; // perhaps another session can read it; if none can, libsignal says why
  }
}

function read(session: SignalSession, bytes: Buffer, ownIdentity: Buffer): Buffer | undefined {
  if (bytes[0] !== VERSION) return undefined;
  const signed = bytes.subarray(1, -MAC_BYTES);
  const { ephemeralKey, counter, ciphertext } = WhisperMessage.decode(signed);
  const chain = session._chains[ephemeralKey.toString('base64')];
  if (chain?.chainType !== RECEIVING) return undefined;
  const steps = stepsTo(chain, counter);
  const secret = steps?.secrets.at(-1) ?? chain.messageKeys[counter];
  if (secret === undefined) return undefined;

  const [key, macKey, iv] = crypto.deriveSecrets(secret, NO_SALT, MESSAGE_KEYS);
  crypto.verifyMAC(
    Buffer.concat([session.indexInfo.remoteIdentityKey, ownIdentity, VERSION_BYTE, signed]),
    macKey,
    bytes.subarray(-MAC_BYTES),
    MAC_BYTES,
  );
  const plain = crypto.decrypt(key, ciphertext, iv.subarray(0, IV_BYTES));

  if (steps) {
    steps.secrets.forEach((skipped, index) => (chain.messageKeys[chain.chainKey.counter + 1 + index] = skipped));
    chain.chainKey = { counter, key: steps.next };
  }
  delete chain.messageKeys[counter];
  delete session.pendingPreKey;
  return plain;
}

/** What the chain yields up to a message that it has not come to yet, and where it stands then. */
function stepsTo({ chainKey }: SignalChain, counter: number): { secrets: readonly Buffer[]; next: Buffer } | undefined {
  const count = counter - chainKey.counter;
  if (chainKey.key === undefined || count < 1 || count > LONGEST_GAP) return undefined;
  let key: Buffer = chainKey.key;
  const secrets: Buffer[] = [];
  for (let step = 0; step < count; step++) {
    const hmac = new ShortHmac(key);
    secrets.push(hmac.digest(MESSAGE));
    key = hmac.digest(NEXT);
  }
  return { secrets, next: key };
}

function newest(sessions: readonly SignalSession[]): SignalSession | undefined {
  let found = sessions[0];
  for (const session of sessions) if ((session.indexInfo.used || 0) > (found?.indexInfo.used || 0)) found = session;
  return found;
}
