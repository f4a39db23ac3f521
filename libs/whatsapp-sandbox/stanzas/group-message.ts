import { isLid, parseJid, type Addressing, type DeviceAddress } from '../network/address.js';
import type { Group } from '../network/group.js';
import type { Sealed } from '../network/mail.js';
import type { Network } from '../network/network.js';

/** The ciphertexts of a message that are for one device. */
export type Letter = {
  readonly to: DeviceAddress;
  readonly addressing: Addressing;
  readonly sealed: readonly Sealed[];
};

/** Ciphertexts as a client wrote them, with the jid of the device they are for. */
export type Part = { readonly jid: string | undefined; readonly sealed: readonly Sealed[] };

/** The parts that somebody can read. */
export const lettersTo = (parts: readonly Part[], { directory }: Network): readonly Letter[] =>
  parts.flatMap(({ jid, sealed }) => {
    const parsed = parseJid(jid);
    const account = directory.byJid(jid);
    if (!account || !parsed) return [];
    const to = { number: account.number, device: parsed.device };
    return [{ to, addressing: isLid(parsed) ? ('lid' as const) : ('pn' as const), sealed }];
  });

/**
 * A message in a group: everybody gets the one ciphertext that is for all, after what is for his device alone, the
 * sender key. Nobody outside the group gets anything.
 */
export function lettersToGroup(
  group: Group,
  sender: DeviceAddress,
  parts: readonly Part[],
  common: readonly Sealed[],
  network: Network,
): readonly Letter[] {
  const own = new Map(lettersTo(parts, network).map(({ to, sealed }) => [keyOf(to), sealed]));
  return network.groups.readers(group, sender).flatMap(({ address }) => {
    const sealed = [...(own.get(keyOf(address)) ?? []), ...common];
    return sealed.length > 0 ? { to: address, addressing: group.addressing, sealed } : [];
  });
}

const keyOf = ({ number, device }: DeviceAddress): string => `${number}.${device}`;
