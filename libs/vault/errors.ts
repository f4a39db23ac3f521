import { OperatorError } from '#lib/operator-error';

/** A key, or a sealed value, that cannot be used. No message holds any part of a key or a value. */
export class VaultError extends OperatorError {
  override readonly name = 'VaultError';
  constructor(
    /**
     * `malformed_key`: not 32 bytes in base64. `exposed_key`: others may read its file. `no_key_file`: what should be its file is none.
     * `unknown_format`: sealed by a newer program. `cannot_open`: another key, another context, or tampered with.
     */
    readonly code: 'malformed_key' | 'exposed_key' | 'no_key_file' | 'unknown_format' | 'cannot_open',
    message: string,
  ) {
    super(message);
  }
}
