import { OperatorError } from '#lib/operator-error';

type VaultErrorCode =
  | 'malformed_key'
  | 'exposed_key'
  | 'no_key_file'
  | 'unknown_format'
  | 'cannot_open'
  | 'missing_key'
  | 'wrong_key'
  | 'missing_store';

/** A key or a sealed value cannot be used. No message contains any part of a key or a value. */
export class VaultError extends OperatorError {
  override readonly name = 'VaultError';
  constructor(
    /**
     * `malformed_key`: not 32 bytes in base64. `exposed_key`: others may read its file. `no_key_file`: its path is not a file.
     * `unknown_format`: sealed by a newer program. `cannot_open`: sealed with another key or for another context, or changed since.
     * `missing_key`: there is none, and a new one would be of no use. `wrong_key`: a store is sealed with another one. `missing_store`: a
     * store that must have content is new.
     */
    readonly code: VaultErrorCode,
    message: string,
  ) {
    super(message);
  }
}
