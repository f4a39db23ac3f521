import type { DeviceAddress } from '../../network/address.js';
import type { Ciphertext, KeyBundle } from '../../network/mail.js';
import type { PhoneKeys } from '../keys.js';
import { decodeKeyExchange } from './codec.js';
import { pad, unpad } from './padding.js';
import { acceptSession, decryptInSession, encryptInSession, initiateSession, type SignalSession } from './session.js';
import { restoreSession, storeSession, type StoredSession } from './stored-session.js';

export type SignalSnapshot = { readonly [address: string]: readonly StoredSession[] };

/** Earlier sessions kept per device: messages encrypted in them may still arrive. */
const maxSessionsPerDevice = 40;

const keyOf = ({ number, device }: DeviceAddress): string => `${number}.${device}`;

/**
 * The Signal sessions of a phone with other devices, by phone number whatever the addressing. The latest one is used for sending, as in
 * Sesame (https://signal.org/docs/specifications/sesame/): a session becomes the latest when it is started or a message arrives in it.
 */
export class SignalSessions {
  /** The latest session first. */
  readonly #sessions: Map<string, readonly SignalSession[]>;

  /** Sessions stored in another format are dropped: the devices start new ones. */
  constructor(
    private readonly keys: PhoneKeys,
    snapshot: SignalSnapshot = {},
  ) {
    const stored = Object.entries(snapshot).filter(([, sessions]) => Array.isArray(sessions));
    this.#sessions = new Map(stored.map(([address, sessions]) => [address, sessions.map(restoreSession)]));
  }

  /** Encrypts for a device; starts a session with the keys from `bundleOf` if there is none. */
  encrypt(to: DeviceAddress, message: Uint8Array, bundleOf: () => KeyBundle): Ciphertext {
    const [latest] = this.#of(to);
    const current = latest ?? initiateSession(this.keys, bundleOf());
    const { session, ciphertext } = encryptInSession(current, this.keys.identity.publicKey, pad(message));
    this.#setLatest(to, session, current);
    return ciphertext;
  }

  /** Decrypts a message of a device. Throws if no session can decrypt it; nothing has changed then. */
  decrypt(from: DeviceAddress, { attrs, bytes }: Ciphertext): Buffer {
    return unpad(attrs.type === 'pkmsg' ? this.#decryptWithKeyExchange(from, bytes) : this.#decrypt(from, bytes));
  }

  /** Starts a new session with a device; the next message to it carries the key exchange. */
  start(to: DeviceAddress, bundle: KeyBundle): void {
    this.#setLatest(to, initiateSession(this.keys, bundle));
  }

  /** Deletes the sessions with an unlinked device. */
  forgetDevice(device: DeviceAddress): void {
    this.#sessions.delete(keyOf(device));
  }

  snapshot(): SignalSnapshot {
    return Object.fromEntries([...this.#sessions].map(([address, sessions]) => [address, sessions.map(storeSession)]));
  }

  #decryptWithKeyExchange(from: DeviceAddress, bytes: Buffer): Buffer {
    const { message, ...exchange } = decodeKeyExchange(bytes);
    const known = this.#of(from).find(
      ({ baseKey, theirIdentity }) => baseKey.equals(exchange.baseKey) && theirIdentity.equals(exchange.identityKey),
    );
    const current = known ?? acceptSession(this.keys, exchange);
    const { session, plaintext } = decryptInSession(current, this.keys.identity.publicKey, message);
    this.#setLatest(from, session, current);
    if (!known && exchange.preKeyId !== undefined) this.keys.removePreKey(exchange.preKeyId);
    return plaintext;
  }

  #decrypt(from: DeviceAddress, bytes: Buffer): Buffer {
    const failures: unknown[] = [];
    for (const current of this.#of(from)) {
      try {
        const { session, plaintext } = decryptInSession(current, this.keys.identity.publicKey, bytes);
        this.#setLatest(from, session, current);
        return plaintext;
      } catch (error) {
        failures.push(error); // another session may be able to decrypt it
      }
    }
    throw new AggregateError(failures, `none of ${failures.length} sessions can decrypt the message`);
  }

  #of = (device: DeviceAddress): readonly SignalSession[] => this.#sessions.get(keyOf(device)) ?? [];

  #setLatest(device: DeviceAddress, session: SignalSession, replaced?: SignalSession): void {
    const others = this.#of(device).filter((other) => other !== replaced);
    this.#sessions.set(keyOf(device), [session, ...others].slice(0, maxSessionsPerDevice));
  }
}
