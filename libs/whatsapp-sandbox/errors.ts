/** Stable codes of refused requests. */
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

/** The sandbox refuses a request; `message` explains why. */
export class SandboxError extends Error {
  constructor(
    readonly code: SandboxErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'SandboxError';
  }
}
