import type { DeviceAddress } from '../network/address.js';
import type { Sealed } from '../network/mail.js';
import { proto } from '../transport/wire.js';
import { OwnSenderKey, TheirSenderKey, type OwnSenderKeySnapshot, type TheirSenderKeySnapshot } from './sender-key.js';
import { pad, unpad } from './signal.js';

/** Keys of one sender that are kept: after a change of keys some messages of before are still on their way. */
const KEYS_PER_SENDER = 5;

type Own = { readonly key: OwnSenderKey; readonly holders: Set<string> };
export type SenderKeysSnapshot = {
  readonly own: readonly {
    readonly group: string;
    readonly key: OwnSenderKeySnapshot;
    readonly holders: readonly string[];
  }[];
  readonly theirs: readonly { readonly sender: string; readonly keys: readonly TheirSenderKeySnapshot[] }[];
};

const deviceId = ({ number, device }: DeviceAddress): string => `${number}.${device}`;
const senderId = (group: string, from: DeviceAddress): string => `${group}/${deviceId(from)}`;

/** The sender keys of one phone: its own in each group, and those that it was given. */
export class SenderKeys {
  readonly #own: Map<string, Own>;
  /** The newest key of a sender stands first. */
  readonly #theirs: Map<string, readonly TheirSenderKey[]>;

  constructor({ own, theirs }: SenderKeysSnapshot = { own: [], theirs: [] }) {
    this.#own = new Map(
      own.map(({ group, key, holders }) => [group, { key: OwnSenderKey.restore(key), holders: new Set(holders) }]),
    );
    this.#theirs = new Map(theirs.map(({ sender, keys }) => [sender, keys.map((key) => TheirSenderKey.restore(key))]));
  }

  /** What a device needs for the messages that `encrypt` makes from now on. The device counts as having it. */
  shareWith(device: DeviceAddress, group: string): proto.IMessage {
    const { key, holders } = this.#ownKey(group);
    holders.add(deviceId(device));
    const axolotlSenderKeyDistributionMessage = key.distribution();
    return { senderKeyDistributionMessage: { groupId: group, axolotlSenderKeyDistributionMessage } };
  }

  isSharedWith = (device: DeviceAddress, group: string): boolean =>
    this.#own.get(group)?.holders.has(deviceId(device)) ?? false;

  /** Encrypts once for everybody who has the key. */
  encrypt(group: string, message: Uint8Array): Sealed {
    return { attrs: { v: '2', type: 'skmsg' }, bytes: this.#ownKey(group).key.encrypt(pad(message)) };
  }

  /** Takes the key that came with a message, if one did. Throws when it is malformed. */
  learn(from: DeviceAddress, message: proto.IMessage): void {
    const { groupId, axolotlSenderKeyDistributionMessage: bytes } = message.senderKeyDistributionMessage ?? {};
    if (!groupId || !bytes) return;
    const key = TheirSenderKey.read(bytes);
    const sender = senderId(groupId, from);
    const known = this.#theirs.get(sender) ?? [];
    if (known.some((each) => each.includes(key))) return;
    this.#theirs.set(sender, [key, ...known].slice(0, KEYS_PER_SENDER));
  }

  /** Throws when the sender's key is missing, or the message is not the sender's. */
  decrypt(group: string, from: DeviceAddress, { bytes }: Sealed): Buffer {
    const id = TheirSenderKey.idOf(bytes);
    const key = this.#theirs.get(senderId(group, from))?.find((each) => each.id === id);
    if (!key) throw new Error('group message without its sender key');
    return unpad(key.decrypt(bytes));
  }

  /** The next message of this phone gets a new key, for those who are in the group then. */
  renew(group: string): void {
    this.#own.delete(group);
  }

  /** A device is gone: it shall read nothing more. */
  forget(device: DeviceAddress): void {
    for (const [group, { holders }] of this.#own) if (holders.has(deviceId(device))) this.renew(group);
    for (const sender of this.#theirs.keys()) if (sender.endsWith(`/${deviceId(device)}`)) this.#theirs.delete(sender);
  }

  snapshot(): SenderKeysSnapshot {
    return {
      own: [...this.#own].map(([group, { key, holders }]) => ({ group, key: key.snapshot(), holders: [...holders] })),
      theirs: [...this.#theirs].map(([sender, keys]) => ({ sender, keys: keys.map((key) => key.snapshot()) })),
    };
  }

  #ownKey(group: string): Own {
    const known = this.#own.get(group) ?? { key: OwnSenderKey.generate(), holders: new Set<string>() };
    this.#own.set(group, known);
    return known;
  }
}
