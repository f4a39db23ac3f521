/** What went wrong, for programs. */
export type SandboxErrorCode =
  | 'already_exists'
  | 'companion_refused'
  | 'invalid_argument'
  | 'not_allowed'
  | 'not_found'
  | 'no_media'
  | 'pairing_expired'
  | 'phone_offline'
  | 'too_many_devices'
  | 'unknown_number'
  | 'wrong_code';

/** A request to the sandbox that it refuses; `message` says why in words. */
export class SandboxError extends Error {
  constructor(
    readonly code: SandboxErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'SandboxError';
  }
}
