import { DomainError } from '#lib/event-sourcing';

/** Base64 in a body is held in memory. */
const maxDecodedBytes = 8 * 1024 * 1024;

/** No two parts match the same characters: on a long text that does not match, their every split would be tried. */
const pattern = /^[A-Za-z0-9+/\-_\s]*(?:=\s*){0,2}$/;

/** What base64 holds, of either alphabet, padded or not. @throws {DomainError} `media_too_large`, `media_type_refused` */
export const decodedBase64 = (data: string): Uint8Array => {
  if (data.length > maxDecodedBytes * 2 || Buffer.byteLength(data, 'base64') > maxDecodedBytes) {
    throw new DomainError(
      'refused',
      'media_too_large',
      'Base64 may hold at most 8 MB: upload the file, or name its URL',
    );
  }
  if (!pattern.test(data)) throw new DomainError('refused', 'media_type_refused', 'The data is not valid base64');
  return Buffer.from(data, 'base64');
};
