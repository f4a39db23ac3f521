import { randomInt } from 'node:crypto';
import { ProtocolAddress, SessionBuilder, SessionCipher, SessionRecord, type SignalStorage } from 'libsignal';
import type { KeyPair } from '../crypto/curve.js';
import type { DeviceAddress } from '../network/address.js';
import type { KeyBundle, Ciphertext } from '../network/mail.js';
import { readOnChain } from './chain.js';
import type { PhoneKeys } from './keys.js';
import { prepareLibsignal } from './libsignal.js';
import { copyRecord } from './signal-record.js';

export type SignalSnapshot = { readonly [address: string]: unknown };

const preKeyMessageType = 3;
const djbKeyType = Buffer.from([5]);
const typed = (publicKey: Buffer): Buffer => Buffer.concat([djbKeyType, publicKey]);
const pair = ({ publicKey, privateKey }: KeyPair) => ({ pubKey: typed(publicKey), privKey: privateKey });

/** The Signal sessions of one phone with other devices, kept by phone number whatever the addressing was. */
export class SignalSessions {
  readonly #records = new Map<string, SessionRecord>();
  readonly #storage: SignalStorage;
  /** How many of libsignal's jobs there are for an address: each works on a copy of the record and then puts it in its place. */
  readonly #atWork = new Map<string, number>();
  #identity: ReturnType<typeof pair> | undefined;

  constructor(
    private readonly owner: string,
    private readonly keys: PhoneKeys,
    snapshot: SignalSnapshot = {},
  ) {
    prepareLibsignal();
    for (const [address, record] of Object.entries(snapshot)) {
      this.#records.set(address, SessionRecord.deserialize(record as Uint8Array));
    }
    this.#storage = {
      loadSession: (id) => {
        const record = this.#records.get(id);
        return Promise.resolve(record && copyRecord(record));
      },
      storeSession: (id, record) => {
        this.#records.set(id, record);
        return Promise.resolve();
      },
      isTrustedIdentity: () => true,
      loadPreKey: (id) => {
        const key = keys.preKey(Number(id));
        return Promise.resolve(key && pair(key));
      },
      removePreKey: (id) => keys.removePreKey(id),
      loadSignedPreKey: () => pair(keys.signedPreKey),
      getOurRegistrationId: () => keys.registrationId,
      getOurIdentity: () => this.#ownIdentity,
    };
  }

  get #ownIdentity(): ReturnType<typeof pair> {
    return (this.#identity ??= pair(this.keys.identity));
  }

  /** Encrypts for a device, starting a session with the bundle that `bundleOf` fetches when there is none. */
  async encrypt(to: DeviceAddress, message: Uint8Array, bundleOf: () => KeyBundle): Promise<Ciphertext> {
    const address = this.#address(to);
    if (!this.#records.get(address.toString())?.haveOpenSession()) await this.start(to, bundleOf());
    const cipher = new SessionCipher(this.#storage, address);
    const { type, body } = await this.#inTurn(address, () => cipher.encrypt(pad(message)));
    return {
      attrs: { v: '2', type: type === preKeyMessageType ? 'pkmsg' : 'msg' },
      bytes: Buffer.from(body, 'binary'),
    };
  }

  /** Throws when the ciphertext cannot be read; the session is then as it was before. */
  async decrypt(from: DeviceAddress, sealed: Ciphertext): Promise<Buffer> {
    const { attrs, bytes } = sealed;
    const address = this.#address(from);
    const record = this.#atWork.has(address.toString()) ? undefined : this.#records.get(address.toString());
    const read = record && readOnChain(record, sealed, this.#ownIdentity.pubKey);
    if (read) return unpad(read);
    const cipher = new SessionCipher(this.#storage, address);
    return unpad(
      await this.#inTurn(address, () =>
        attrs.type === 'pkmsg' ? cipher.decryptPreKeyWhisperMessage(bytes) : cipher.decryptWhisperMessage(bytes),
      ),
    );
  }

  /** Starts over with a device; its next message will be a pkmsg. */
  async start(to: DeviceAddress, { registrationId, identityKey, signedPreKey, preKey }: KeyBundle): Promise<void> {
    const session = {
      registrationId,
      identityKey: typed(identityKey),
      signedPreKey: { ...signedPreKey, publicKey: typed(signedPreKey.publicKey) },
      preKey: preKey && { ...preKey, publicKey: typed(preKey.publicKey) },
    };
    const address = this.#address(to);
    const builder = new SessionBuilder(this.#storage, address);
    // libsignal does without a prekey, only its types insist on one.
    await this.#inTurn(address, () => builder.initOutgoing(session as StartedWith));
  }

  forgetDevice(device: DeviceAddress): void {
    this.#records.delete(this.#address(device).toString());
  }

  snapshot(): SignalSnapshot {
    return Object.fromEntries([...this.#records].map(([address, record]) => [address, record.serialize()]));
  }

  async #inTurn<T>(address: ProtocolAddress, work: () => Promise<T>): Promise<T> {
    const name = address.toString();
    this.#atWork.set(name, (this.#atWork.get(name) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#atWork.get(name) ?? 1) - 1;
      if (left > 0) this.#atWork.set(name, left);
      else this.#atWork.delete(name);
    }
  }

  /** libsignal queues its work by address for the whole process: the owner keeps phones apart. */
  #address = ({ number, device }: DeviceAddress): ProtocolAddress =>
    new ProtocolAddress(`${this.owner}>${number}`, device);
}

type StartedWith = Parameters<SessionBuilder['initOutgoing']>[0];

/** 1 to 16 bytes, each saying how many they are. */
export function pad(message: Uint8Array): Buffer {
  const count = randomInt(1, 17);
  return Buffer.concat([message, Buffer.alloc(count, count)]);
}

export function unpad(padded: Buffer): Buffer {
  const count = padded.at(-1) ?? 0;
  if (count === 0 || count > padded.length) throw new Error('message is not padded');
  return padded.subarray(0, padded.length - count);
}
