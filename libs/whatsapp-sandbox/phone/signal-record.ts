import { SessionRecord } from 'libsignal';

type Chain = { chainKey: object; messageKeys: object };
type Entry = { currentRatchet: object; indexInfo: object; pendingPreKey?: object; _chains: Record<string, Chain> };
type Sessions = { sessions: Record<string, Entry> };

const copy = <T extends object>(value: T): T =>
  Object.assign(Object.create(Object.getPrototypeOf(value) as object), value);

function copyEntry(entry: Entry): Entry {
  const chains: Record<string, Chain> = {};
  for (const [key, chain] of Object.entries(entry._chains)) {
    chains[key] = { ...chain, chainKey: { ...chain.chainKey }, messageKeys: { ...chain.messageKeys } };
  }
  const result = copy(entry);
  result.currentRatchet = { ...entry.currentRatchet };
  result.indexInfo = { ...entry.indexInfo };
  if (entry.pendingPreKey) result.pendingPreKey = { ...entry.pendingPreKey };
  result._chains = chains;
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
