import type { Chat } from '../network/address.js';
import type { Device, Ciphertext } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import type { PhoneMessageStatus } from './inbox.js';
import type { SenderKeys } from './sender-keys.js';

type DeviceDelivery = { readonly device: Device; readonly ciphertexts: readonly Ciphertext[] };

type GroupMessage = {
  readonly group: string;
  readonly devices: readonly Device[];
  readonly message: proto.IMessage;
  readonly senderKeys: SenderKeys;
  /** Encrypts for one device in its Signal session. */
  readonly encrypt: (device: Device, message: proto.IMessage) => Ciphertext;
};

/** Encrypts a message once for all devices of a group. Devices that lack the sender key receive it with the message. */
export function encryptForGroup({ group, devices, message, senderKeys, encrypt }: GroupMessage): DeviceDelivery[] {
  const deliveries: { device: Device; keys: readonly Ciphertext[] }[] = [];
  for (const device of devices) {
    const knows = senderKeys.isSharedWith(device.address, group);
    const keys = knows ? [] : [encrypt(device, senderKeys.shareWith(device.address, group))];
    deliveries.push({ device, keys });
  }
  const body = senderKeys.encrypt(group, proto.Message.encode(message).finish());
  return deliveries.map(({ device, keys }) => ({ device, ciphertexts: [...keys, body] }));
}

/** Status of a new outgoing message; in a group, per member. */
export function initialStatus(chat: Chat, author: string, { groups }: Network) {
  const status: PhoneMessageStatus = 'sent';
  if (chat.kind !== 'group') return { status };
  const others = [...(groups.get(chat.jid)?.members.keys() ?? [])].filter((number) => number !== author);
  return { status, statusByMember: Object.fromEntries(others.map((number) => [number, status])) };
}
