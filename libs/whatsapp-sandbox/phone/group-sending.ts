import type { Chat } from '../network/address.js';
import type { Device, Sealed } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import type { MessageStatus } from './inbox.js';
import type { SenderKeys } from './sender-keys.js';

type Letter = { readonly device: Device; readonly sealed: readonly Sealed[] };

type GroupMessage = {
  readonly group: string;
  readonly devices: readonly Device[];
  readonly message: proto.IMessage;
  readonly senderKeys: SenderKeys;
  /** Encrypts for one device, in the session that the phone has with it. */
  readonly seal: (device: Device, message: proto.IMessage) => Promise<Sealed>;
};

/** Encrypts a message once for all devices of a group; those that lack the sender key get it along with it. */
export async function sealForGroup({ group, devices, message, senderKeys, seal }: GroupMessage): Promise<Letter[]> {
  const letters: { device: Device; keys: readonly Sealed[] }[] = [];
  for (const device of devices) {
    const knows = senderKeys.isSharedWith(device.address, group);
    const keys = knows ? [] : [await seal(device, senderKeys.shareWith(device.address, group))];
    letters.push({ device, keys });
  }
  const body = senderKeys.encrypt(group, proto.Message.encode(message).finish());
  return letters.map(({ device, keys }) => ({ device, sealed: [...keys, body] }));
}

/** How far a message has come that was just sent; in a group, with each of the others. */
export function outgoingStatus(chat: Chat, author: string, { groups }: Network) {
  const status: MessageStatus = 'sent';
  if (chat.kind === 'user') return { status };
  const others = [...(groups.get(chat.jid)?.members.keys() ?? [])].filter((number) => number !== author);
  return { status, statusByMember: Object.fromEntries(others.map((number) => [number, status])) };
}
