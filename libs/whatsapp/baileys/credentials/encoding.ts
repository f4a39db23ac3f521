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

export const decodeCreds = (bytes: Uint8Array): AuthenticationCreds => decode(bytes) as AuthenticationCreds;

/** A Signal value of a type; Baileys wants app state keys as the message class they came in. */
export const decodeSignal = <T extends keyof SignalDataTypeMap>(type: T, bytes: Uint8Array): SignalDataTypeMap[T] => {
  const value = decode(bytes);
  const isKey = type === 'app-state-sync-key';
  return (isKey ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value) as SignalDataTypeMap[T];
};

/** A message that arrived and was opened. */
export const decodeMessage = (bytes: Uint8Array): Stored => decode(bytes) as Stored;
