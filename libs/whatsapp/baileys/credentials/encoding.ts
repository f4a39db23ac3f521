import { BufferJSON, proto, type AuthenticationCreds, type SignalDataTypeMap } from '@whiskeysockets/baileys';
import type { Stored } from '../arrivals.js';

/** The first byte of every encoded value says which of the two it is. */
const asBytes = 0;
const asJson = 1;

/** A value of Baileys' as bytes. */
export const encode = (value: unknown): Uint8Array =>
  value instanceof Uint8Array
    ? Buffer.concat([Buffer.of(asBytes), value])
    : Buffer.concat([Buffer.of(asJson), Buffer.from(JSON.stringify(value, BufferJSON.replacer))]);

const decode = (bytes: Uint8Array): unknown => {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1);
  return bytes[0] === asBytes ? value : JSON.parse(value.toString(), BufferJSON.reviver);
};

/**
 * Signal sessions by their bytes: each message asks for several, more than once. Libsignal makes a copy of what it is given before it
 * changes anything.
 */
const sessions = new WeakMap<Uint8Array, object>();

/** A Signal value of a type as bytes. What is given must not change any more. */
export const encodeSignal = (type: string, value: unknown): Uint8Array => {
  if (type !== 'session') return encode(value);
  const bytes = Buffer.from(`${String.fromCharCode(asJson)}${JSON.stringify(value)}`); // has no bytes to replace: libsignal made it text
  sessions.set(bytes, value as object);
  return bytes;
};

export const decodeCreds = (bytes: Uint8Array): AuthenticationCreds => decode(bytes) as AuthenticationCreds;

/** A Signal value of a type, for reading only; Baileys wants app state keys as the message class they came in. */
export const decodeSignal = <T extends keyof SignalDataTypeMap>(type: T, bytes: Uint8Array): SignalDataTypeMap[T] => {
  const value = type === 'session' ? decodeSession(bytes) : decode(bytes);
  const isKey = type === 'app-state-sync-key';
  return (isKey ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value) as SignalDataTypeMap[T];
};

const decodeSession = (bytes: Uint8Array): object => {
  const session = sessions.get(bytes) ?? (decode(bytes) as object);
  sessions.set(bytes, session);
  return session;
};

/** A message that arrived and was opened. */
export const decodeMessage = (bytes: Uint8Array): Stored => decode(bytes) as Stored;
