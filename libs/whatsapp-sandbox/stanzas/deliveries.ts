import { isLidJid, parseJid, type Addressing, type DeviceAddress } from '../network/address.js';
import type { Group } from '../network/group.js';
import type { Ciphertext } from '../network/mail.js';
import type { Network } from '../network/network.js';

/** The ciphertexts of a message for one device. */
export type DeviceDelivery = {
  readonly to: DeviceAddress;
  readonly addressing: Addressing;
  readonly ciphertexts: readonly Ciphertext[];
};

/** Ciphertexts with the jid of their recipient, as sent by a client. */
export type RecipientPart = { readonly jid: string | undefined; readonly ciphertexts: readonly Ciphertext[] };

/** Resolves the recipients; drops parts for unknown ones. */
export const deliveriesTo = (parts: readonly RecipientPart[], { directory }: Network): readonly DeviceDelivery[] =>
  parts.flatMap(({ jid, ciphertexts }) => {
    const parsed = parseJid(jid);
    const account = directory.byJid(jid);
    if (!account || !parsed) return [];
    const to = { number: account.number, device: parsed.device };
    return [{ to, addressing: isLidJid(parsed) ? ('lid' as const) : ('pn' as const), ciphertexts }];
  });

/**
 * The deliveries of a group message: each device of a member gets its own part, with the sender key, followed by the common
 * ciphertext. Devices of non-members get nothing.
 */
export function groupDeliveries(
  group: Group,
  sender: DeviceAddress,
  parts: readonly RecipientPart[],
  common: readonly Ciphertext[],
  network: Network,
): readonly DeviceDelivery[] {
  const own = new Map(deliveriesTo(parts, network).map(({ to, ciphertexts }) => [keyOf(to), ciphertexts]));
  return network.groups.recipients(group, sender).flatMap(({ address }) => {
    const ciphertexts = [...(own.get(keyOf(address)) ?? []), ...common];
    return ciphertexts.length > 0 ? { to: address, addressing: group.addressing, ciphertexts } : [];
  });
}

/** The deliveries of a status post: the devices that got its sender key in it, and nobody else. The sending device has it already. */
export const statusDeliveries = (
  sender: DeviceAddress,
  parts: readonly RecipientPart[],
  common: readonly Ciphertext[],
  network: Network,
): readonly DeviceDelivery[] =>
  deliveriesTo(
    parts.map(({ jid, ciphertexts }) => ({ jid, ciphertexts: [...ciphertexts, ...common] })),
    network,
  ).filter(({ to }) => keyOf(to) !== keyOf(sender));

const keyOf = ({ number, device }: DeviceAddress): string => `${number}.${device}`;
