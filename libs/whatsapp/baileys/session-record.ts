import type { SignalDataTypeMap } from '@whiskeysockets/baileys';

/** One Signal session, as far as it is read here. Keys are base64. */
export type SignalSession = {
  readonly registrationId?: number;
  readonly indexInfo: {
    readonly used?: number;
    /** -1 where the session is open. */
    readonly closed: number;
    readonly remoteIdentityKey: string;
  };
};

/** The sessions with one device as libsignal serializes them, by base key. At most one of them is open: it encrypts. */
export type SessionRecord = { readonly _sessions: { readonly [baseKey: string]: SignalSession } };

/** Baileys declares a record as bytes, but stores what libsignal has serialized. */
export const sessionRecord = (stored: SignalDataTypeMap['session']): SessionRecord =>
  stored as unknown as SessionRecord;

export const storedRecord = (record: SessionRecord): SignalDataTypeMap['session'] =>
  record as unknown as SignalDataTypeMap['session'];

/** The session that encrypts. */
export const openSession = ({ _sessions }: SessionRecord): SignalSession | undefined =>
  Object.values(_sessions).find(({ indexInfo }) => indexInfo.closed === -1);
