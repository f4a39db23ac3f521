import { SessionRecord } from 'libsignal';

type Chain = { chainKey: { counter: number; key?: Buffer }; chainType: number; messageKeys: object };
type Entry = {
  registrationId: unknown;
  currentRatchet: object;
  indexInfo: object;
  pendingPreKey?: object;
  _chains: Record<string, Chain>;
};
type Sessions = { sessions: Record<string, Entry> };
const { createEntry } = SessionRecord as unknown as { readonly createEntry: () => Entry };

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** A long conversation leaves many chains behind that are used up; nothing changes them any more. */
function copyChain(chain: Chain): Chain {
  const { chainKey, chainType, messageKeys } = chain;
  const empty = isEmpty(messageKeys);
  if (empty && chainKey.key === undefined) return chain;
  return { chainKey: { ...chainKey }, chainType, messageKeys: empty ? {} : { ...messageKeys } };
}

/** Names its fields: that is several times faster than copying whatever there is. */
function copyEntry(entry: Entry): Entry {
  const chains: Record<string, Chain> = {};
  for (const key of Object.keys(entry._chains)) chains[key] = copyChain(entry._chains[key]!);
  const result = createEntry();
  result.registrationId = entry.registrationId;
  result.currentRatchet = { ...entry.currentRatchet };
  result.indexInfo = { ...entry.indexInfo };
  result._chains = chains;
  if (entry.pendingPreKey) result.pendingPreKey = { ...entry.pendingPreKey };
  return result;
}

const sessionsOf = (record: object): Sessions['sessions'] => (record as Sessions).sessions;

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
