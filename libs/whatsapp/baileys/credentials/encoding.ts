import { BufferJSON, proto, type AuthenticationCreds, type SignalDataTypeMap } from '@whiskeysockets/baileys';
import type { JournaledMessage } from '../arrival-journal.js';

/** The first byte of an encoded value is its format. */
const asBytes = 0;
const asJson = 1;

/** Encodes a value of Baileys. */
export const encode = (value: unknown): Uint8Array =>
  value instanceof Uint8Array
    ? Buffer.concat([Buffer.of(asBytes), value])
    : Buffer.concat([Buffer.of(asJson), Buffer.from(JSON.stringify(value, BufferJSON.replacer))]);

/** Decodes what `encode` has encoded. */
const decode = (bytes: Uint8Array): unknown => {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1);
  return bytes[0] === asBytes ? value : JSON.parse(value.toString(), BufferJSON.reviver);
};

/** What was decoded of cached bytes, since each message reads several sessions, names and lists more than once. Nobody changes them. */
const decoded = new WeakMap<Uint8Array, unknown>();

/** Encodes a Signal value. The value must not be changed afterwards. */
export const encodeSignal = (type: string, value: unknown): Uint8Array => {
  if (type !== 'session') return encode(value);
  const bytes = Buffer.from(`${String.fromCharCode(asJson)}${JSON.stringify(value)}`); // libsignal has serialized it already: there are no buffers to replace
  decoded.set(bytes, value);
  return bytes;
};

export const decodeCreds = (bytes: Uint8Array): AuthenticationCreds => decode(bytes) as AuthenticationCreds;

/** Decodes a Signal value, which must not be changed. Baileys expects app state keys as instances of their message class. */
export const decodeSignal = <T extends keyof SignalDataTypeMap>(type: T, bytes: Uint8Array): SignalDataTypeMap[T] => {
  // libsignal copies a session before it changes it, and text never changes.
  const value = type === 'session' || type === 'lid-mapping' ? decodeOnce(bytes) : decode(bytes);
  const isKey = type === 'app-state-sync-key';
  return (isKey ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value) as SignalDataTypeMap[T];
};

/** Decodes a value that must not be changed: of the same bytes, it is the same one. */
export const decodeOnce = (bytes: Uint8Array): unknown => {
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  const value = decode(bytes);
  decoded.set(bytes, value);
  return value;
};

export const decodeMessage = (bytes: Uint8Array): JournaledMessage => decode(bytes) as JournaledMessage;
