import { createHmac, randomBytes } from 'node:crypto';
import { cbcDecrypt, cbcEncrypt, hkdfSha256, hmacSha256 } from '../crypto/cipher.js';
import { proto } from '../transport/wire.js';
import type { AppStateKey } from './account.js';

const ivBytes = 16;
const macBytes = 32;
const { SET } = proto.SyncdMutation.SyncdOperation;

/** What an account sets in its app state. */
export type AppStateMutation = {
  /** What it is about: the kind of action, then its subject. */
  readonly index: readonly string[];
  readonly value: proto.ISyncActionValue;
};

/** The mutations of a patch, as the devices of the account read them; those of another key, or damaged ones, are left out. */
export const mutationsIn = ({ mutations }: proto.ISyncdPatch, key: AppStateKey): readonly AppStateMutation[] =>
  (mutations ?? []).flatMap(({ record }) => mutationIn(record?.value?.blob, key) ?? []);

/** A patch with one mutation. Its own MACs are left out: they prove to a client that the server forges nothing. */
export function patchOf({ index, value }: AppStateMutation, key: AppStateKey): proto.SyncdPatch {
  const keys = keysOf(key);
  const indexBytes = Buffer.from(JSON.stringify(index));
  const data = proto.SyncActionData.encode({ index: indexBytes, value, padding: new Uint8Array(0), version: 2 });
  const iv = randomBytes(ivBytes);
  const encrypted = Buffer.concat([iv, cbcEncrypt(keys.value, iv, data.finish())]);
  const blob = Buffer.concat([encrypted, valueMac(encrypted, key, keys.valueMac)]);
  const keyId = { id: key.id };
  const record = { index: { blob: hmacSha256(keys.index, indexBytes) }, value: { blob }, keyId };
  return proto.SyncdPatch.create({ keyId, mutations: [{ operation: SET, record }] });
}

function mutationIn(blob: Uint8Array | null | undefined, key: AppStateKey): AppStateMutation | undefined {
  if (!blob || blob.length <= ivBytes + macBytes) return undefined;
  const encrypted = blob.subarray(ivBytes, -macBytes);
  try {
    const plain = cbcDecrypt(keysOf(key).value, blob.subarray(0, ivBytes), encrypted);
    const { index, value } = proto.SyncActionData.decode(plain);
    const parsed: unknown = JSON.parse(Buffer.from(index ?? []).toString());
    return Array.isArray(parsed) && value ? { index: parsed.map(String), value } : undefined;
  } catch {
    return undefined;
  }
}

function keysOf({ data }: AppStateKey) {
  const expanded = hkdfSha256(data, 160, Buffer.alloc(0), 'WhatsApp Mutation Keys');
  return { index: expanded.subarray(0, 32), value: expanded.subarray(32, 64), valueMac: expanded.subarray(64, 96) };
}

/** Over the operation, the id of the key, the value, and the length of the first two. */
function valueMac(encrypted: Buffer, { id }: AppStateKey, macKey: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length[7] = 1 + id.length;
  const parts = [Buffer.from([1]), id, encrypted, length];
  return createHmac('sha512', macKey).update(Buffer.concat(parts)).digest().subarray(0, macBytes);
}
