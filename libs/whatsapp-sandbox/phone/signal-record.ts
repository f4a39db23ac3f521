import { SessionRecord } from 'libsignal';

/** The parts of libsignal's records, as far as they are of interest here. */
export type SignalChain = {
  chainKey: { counter: number; key?: Buffer };
  chainType: number;
  messageKeys: Record<number, Buffer>;
};
export type SignalSession = {
  registrationId: unknown;
  currentRatchet: object;
  indexInfo: { readonly baseKeyType: number; readonly remoteIdentityKey: Buffer; used: number };
  pendingPreKey?: object;
  _chains: Record<string, SignalChain>;
};
const { createEntry } = SessionRecord as unknown as { readonly createEntry: () => SignalSession };

export const sessionsOf = (record: SessionRecord): Record<string, SignalSession> =>
  (record as unknown as { readonly sessions: Record<string, SignalSession> }).sessions;

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** A long conversation leaves many chains behind that are used up; nothing changes them any more. */
function copyChain(chain: SignalChain): SignalChain {
  const { chainKey, chainType, messageKeys } = chain;
  const empty = isEmpty(messageKeys);
  if (empty && chainKey.key === undefined) return chain;
  return { chainKey: { ...chainKey }, chainType, messageKeys: empty ? {} : { ...messageKeys } };
}

/** NameLookup its fields: that is several times faster than copying whatever there is. */
function copyEntry(entry: SignalSession): SignalSession {
  const chains: Record<string, SignalChain> = {};
  for (const key of Object.keys(entry._chains)) chains[key] = copyChain(entry._chains[key]!);
  const result = createEntry();
  result.registrationId = entry.registrationId;
  result.currentRatchet = { ...entry.currentRatchet };
  result.indexInfo = { ...entry.indexInfo };
  result._chains = chains;
  if (entry.pendingPreKey) result.pendingPreKey = { ...entry.pendingPreKey };
  return result;
}

/**
 * A copy that can be worked on and thrown away when decryption fails. Key bytes are shared: libsignal
 * replaces buffers and never writes into them, which makes this far cheaper than serializing.
 */
export function copyRecord(record: SessionRecord): SessionRecord {
  const result = new SessionRecord();
  const target = sessionsOf(result);
  for (const [key, entry] of Object.entries(sessionsOf(record))) target[key] = copyEntry(entry);
  return result;
}
