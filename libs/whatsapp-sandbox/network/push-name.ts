import { cbcDecrypt, hkdfSha256 } from '../crypto/cipher.js';
import { proto } from '../transport/wire.js';
import type { AppStateKey } from './account.js';

const ivBytes = 16;
const macBytes = 32;
const valueKey = { start: 32, end: 64 };
const expandedBytes = 160;

/** The name that a patch of the app state gives the account, as its phone reads it; undefined if it is about something else. */
export function pushNameIn({ mutations }: proto.ISyncdPatch, key: AppStateKey): string | undefined {
  const names = (mutations ?? []).map(({ record }) => nameIn(record?.value?.blob, key));
  return names.findLast((name) => name !== undefined);
}

function nameIn(blob: Uint8Array | null | undefined, { data }: AppStateKey): string | undefined {
  if (!blob || blob.length <= ivBytes + macBytes) return undefined;
  const keys = hkdfSha256(data, expandedBytes, Buffer.alloc(0), 'WhatsApp Mutation Keys');
  const encrypted = blob.subarray(ivBytes, -macBytes);
  try {
    const plain = cbcDecrypt(keys.subarray(valueKey.start, valueKey.end), blob.subarray(0, ivBytes), encrypted);
    return proto.SyncActionData.decode(plain).value?.pushNameSetting?.name ?? undefined;
  } catch {
    return undefined; // of another key, or damaged
  }
}
