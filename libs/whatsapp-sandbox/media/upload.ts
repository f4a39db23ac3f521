import type { IncomingMessage } from 'node:http';
import { MediaHttpError } from './http-answers.js';
import { BlobError, type BlobErrorCode, type BlobStore } from './store.js';
import type { UploadTokens } from './upload-tokens.js';

const statuses: Record<BlobErrorCode, number> = { too_large: 413, store_full: 507, hash_mismatch: 400 };

/** Stores the body of an upload. Throws a MediaHttpError if it is refused. Path and token must both be the hash of the body. */
export async function receiveUpload(
  request: IncomingMessage,
  id: string,
  query: URLSearchParams,
  store: BlobStore,
  tokens: UploadTokens,
): Promise<void> {
  if (!tokens.accepts(query.get('auth') ?? ''))
    throw new MediaHttpError(401, 'invalid_auth', 'auth was not issued by media_conn or has expired');
  if (query.get('token') !== id) throw new MediaHttpError(400, 'hash_mismatch', 'token and path differ');
  if (Number(request.headers['content-length'] ?? 0) > store.limits.blobBytes)
    throw new MediaHttpError(413, 'too_large', `a blob must not exceed ${store.limits.blobBytes} bytes`);
  try {
    // The request must not be destroyed: a refusal is answered on the same connection.
    await store.receive(id, request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
  } catch (error) {
    if (error instanceof BlobError) throw new MediaHttpError(statuses[error.code], error.code, error.message);
    throw error;
  }
}
