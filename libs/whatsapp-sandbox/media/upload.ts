import type { IncomingMessage } from 'node:http';
import { Refusal } from './answer.js';
import { BlobError, type BlobErrorCode, type BlobStore } from './store.js';
import type { UploadPass } from './upload-pass.js';

const statuses: Record<BlobErrorCode, number> = { too_large: 413, store_full: 507, hash_mismatch: 400 };

/** Stores the body of an upload, or throws a Refusal. The path and the token must both be the hash of the body. */
export async function takeUpload(
  request: IncomingMessage,
  id: string,
  query: URLSearchParams,
  store: BlobStore,
  pass: UploadPass,
): Promise<void> {
  if (!pass.accepts(query.get('auth') ?? ''))
    throw new Refusal(401, 'invalid_auth', 'auth is not one that media_conn gave out, or it has expired');
  if (query.get('token') !== id) throw new Refusal(400, 'hash_mismatch', 'token and path differ');
  if (Number(request.headers['content-length'] ?? 0) > store.limits.blobBytes)
    throw new Refusal(413, 'too_large', `a blob may have ${store.limits.blobBytes} bytes`);
  try {
    // The request must outlive a refusal, which is answered on the same connection.
    await store.receive(id, request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
  } catch (error) {
    if (error instanceof BlobError) throw new Refusal(statuses[error.code], error.code, error.message);
    throw error;
  }
}
