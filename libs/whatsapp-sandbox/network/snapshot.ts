import type { TlsAuthoritySnapshot } from '../media/index.js';
import { Phone, type PhoneSnapshot } from '../phone/phone.js';
import type { AuthoritySnapshot } from '../transport/authority.js';
import { SandboxAccount, type Picture } from './account.js';
import { AppState, type AppStateSnapshot } from './app-state.js';
import { Companion } from './companion.js';
import type { StoredChannel } from './channels.js';
import type { GroupSnapshot } from './group.js';
import type { Network } from './network.js';
import { StanzaOutbox } from './stanza-outbox.js';

type StoredKey = { readonly keyId: number; readonly publicKey: string };
type CompanionSnapshot = {
  readonly device: number;
  readonly noiseKey: string;
  readonly registrationId: number;
  readonly identityKey: string;
  readonly platform: string;
  readonly keyIndex: number;
  readonly deviceIdentity: string;
  readonly linkedAt: string;
  readonly lastSeenAt: string | undefined;
  readonly welcomed: boolean;
  readonly signedPreKey: StoredKey & { readonly signature: string };
  readonly preKeys: readonly StoredKey[];
  readonly outbox: readonly string[];
};
type AccountSnapshot = {
  readonly number: string;
  readonly lid: string;
  readonly name: string;
  /** Absent in states written before aliases existed. */
  readonly aliases?: readonly string[];
  /** Absent in states written before profiles existed. */
  readonly about?: string;
  readonly picture?: Picture | undefined;
  readonly blocked?: readonly string[];
  readonly nextDevice: number;
  readonly nextKeyIndex: number;
  readonly watchers: readonly string[];
  readonly appState: AppStateSnapshot;
  readonly appStateKey: { readonly id: string; readonly data: string };
  readonly phone: PhoneSnapshot;
  readonly companions: readonly CompanionSnapshot[];
};

/** The persistent state of a sandbox. */
export type SandboxState = {
  readonly version: 1;
  readonly authority: AuthoritySnapshot;
  readonly tls: TlsAuthoritySnapshot;
  readonly accounts: readonly AccountSnapshot[];
  readonly groups: readonly GroupSnapshot[];
  /** Absent in states written before channels existed. */
  readonly channels?: readonly StoredChannel[];
};

const text = (bytes: Buffer): string => bytes.toString('base64');
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

export const snapshotAccounts = ({ directory }: Network): readonly AccountSnapshot[] =>
  directory.list().map((account) => ({
    number: account.number,
    lid: account.lid,
    name: account.name,
    aliases: account.aliases,
    about: account.about,
    picture: account.picture,
    blocked: [...account.blocked],
    nextDevice: account.nextDevice,
    nextKeyIndex: account.nextKeyIndex,
    watchers: [...account.watchers],
    appState: account.appState.snapshot(),
    appStateKey: { id: text(account.appStateKey.id), data: text(account.appStateKey.data) },
    phone: account.phone.snapshot(),
    companions: [...account.companions.values()].map(snapshotCompanion),
  }));

/** Restores accounts, groups and channels into an empty network. */
export function restoreNetwork(network: Network, { accounts, groups, channels }: SandboxState): void {
  network.groups.restore(groups);
  network.channels.restore(channels ?? []);
  for (const stored of accounts) {
    const key = { id: bytes(stored.appStateKey.id), data: bytes(stored.appStateKey.data) };
    const account = new SandboxAccount(stored.number, stored.lid, stored.name, new AppState(stored.appState), key);
    account.aliases = stored.aliases ?? [];
    account.about = stored.about ?? '';
    account.picture = stored.picture;
    for (const number of stored.blocked ?? []) account.blocked.add(number);
    account.nextDevice = stored.nextDevice;
    account.nextKeyIndex = stored.nextKeyIndex;
    for (const watcher of stored.watchers) account.watchers.add(watcher);
    account.phone = new Phone(account, network, stored.phone);
    for (const companion of stored.companions) restoreCompanion(network, account, companion);
    network.directory.add(account);
  }
  for (const { phone } of network.directory.list()) phone.set({}); // processes what was queued
}

function snapshotCompanion(companion: Companion): CompanionSnapshot {
  const { identity, signedPreKey, preKeys, outbox, initialSyncSent, lastSeenAt, address } = companion;
  return {
    ...identity,
    device: address.device,
    noiseKey: text(identity.noiseKey),
    identityKey: text(identity.identityKey),
    deviceIdentity: text(identity.deviceIdentity),
    lastSeenAt,
    welcomed: initialSyncSent,
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: text(signedPreKey.publicKey),
      signature: text(signedPreKey.signature),
    },
    preKeys: preKeys.map(({ keyId, publicKey }) => ({ keyId, publicKey: text(publicKey) })),
    outbox: outbox.snapshot(),
  };
}

function restoreCompanion(network: Network, account: SandboxAccount, stored: CompanionSnapshot): void {
  const { device, registrationId, platform, keyIndex, linkedAt, signedPreKey } = stored;
  const companion = new Companion(
    { number: account.number, device },
    {
      noiseKey: bytes(stored.noiseKey),
      identityKey: bytes(stored.identityKey),
      deviceIdentity: bytes(stored.deviceIdentity),
      registrationId,
      platform,
      keyIndex,
      linkedAt,
    },
    {
      keyId: signedPreKey.keyId,
      publicKey: bytes(signedPreKey.publicKey),
      signature: bytes(signedPreKey.signature),
    },
    network.directory,
    network.parts.changed,
    new StanzaOutbox(network.parts.limits.waitingBytesPerDevice, stored.outbox),
  );
  companion.preKeys = stored.preKeys.map(({ keyId, publicKey }) => ({ keyId, publicKey: bytes(publicKey) }));
  companion.initialSyncSent = stored.welcomed;
  companion.lastSeenAt = stored.lastSeenAt;
  account.companions.set(device, companion);
}
