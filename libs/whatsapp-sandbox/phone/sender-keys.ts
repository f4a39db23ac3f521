import type { DeviceAddress } from '../network/address.js';
import type { Ciphertext } from '../network/mail.js';
import { proto } from '../transport/wire.js';
import { OwnSenderKey, TheirSenderKey, type OwnSenderKeySnapshot, type TheirSenderKeySnapshot } from './sender-key.js';
import { pad, unpad } from './signal/padding.js';

/** Keys kept per sender: after a key change, messages encrypted with the old key may still arrive. */
const maxKeysPerSender = 5;

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

/** The sender keys of a phone: its own for each group, and those received from others. */
export class SenderKeys {
  readonly #own: Map<string, Own>;
  /** The latest key of a sender is first. */
  readonly #theirs: Map<string, readonly TheirSenderKey[]>;

  constructor({ own, theirs }: SenderKeysSnapshot = { own: [], theirs: [] }) {
    this.#own = new Map(
      own.map(({ group, key, holders }) => [group, { key: OwnSenderKey.restore(key), holders: new Set(holders) }]),
    );
    this.#theirs = new Map(theirs.map(({ sender, keys }) => [sender, keys.map((key) => TheirSenderKey.restore(key))]));
  }

  /** Message that gives a device the current key. The device counts as having it from now on. */
  shareWith(device: DeviceAddress, group: string): proto.IMessage {
    const { key, holders } = this.#ownKey(group);
    holders.add(deviceId(device));
    const axolotlSenderKeyDistributionMessage = key.distribution();
    return { senderKeyDistributionMessage: { groupId: group, axolotlSenderKeyDistributionMessage } };
  }

  /** The message in which a device was to get the key did not reach it. */
  notSharedWith(device: DeviceAddress, group: string): void {
    this.#own.get(group)?.holders.delete(deviceId(device));
  }

  isSharedWith = (device: DeviceAddress, group: string): boolean =>
    this.#own.get(group)?.holders.has(deviceId(device)) ?? false;

  /** Encrypts once for all devices that have the key. */
  encrypt(group: string, message: Uint8Array): Ciphertext {
    return { attrs: { v: '2', type: 'skmsg' }, bytes: this.#ownKey(group).key.encrypt(pad(message)) };
  }

  /** Stores the sender key in a message, if there is one. Throws if it is malformed. */
  learn(from: DeviceAddress, message: proto.IMessage): void {
    const { groupId, axolotlSenderKeyDistributionMessage: bytes } = message.senderKeyDistributionMessage ?? {};
    if (!groupId || !bytes) return;
    const key = TheirSenderKey.read(bytes);
    const sender = senderId(groupId, from);
    const known = this.#theirs.get(sender) ?? [];
    if (known.some((each) => each.includes(key))) return;
    this.#theirs.set(sender, [key, ...known].slice(0, maxKeysPerSender));
  }

  /** Throws if the sender's key is missing or the message is not authentic. */
  decrypt(group: string, from: DeviceAddress, { bytes }: Ciphertext): Buffer {
    const id = TheirSenderKey.idOf(bytes);
    const key = this.#theirs.get(senderId(group, from))?.find((each) => each.id === id);
    if (!key) throw new Error('group message without its sender key');
    return unpad(key.decrypt(bytes));
  }

  /** Discards the phone's key: its next message to the group gets a new one. */
  renew(group: string): void {
    this.#own.delete(group);
  }

  /** Deletes the keys of an unlinked device and renews those that it has. */
  forgetDevice(device: DeviceAddress): void {
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
