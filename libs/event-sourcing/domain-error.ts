/**
 * Why a command was refused: its subject does not exist or not any more, it conflicts with the current state, it breaks a rule, its sender may
 * not give it, or it exceeds a limit; what is sent with it is too large, it asks for a part that is not there, or somebody else does not
 * provide what it needs.
 */
export type Refusal =
  | 'not_found'
  | 'gone'
  | 'conflict'
  | 'refused'
  | 'forbidden'
  | 'limited'
  | 'too_large'
  | 'out_of_range'
  | 'unavailable';

/** A command was refused for a reason that its sender can act on. Nothing was recorded. `code` is stable: clients compare it. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly refusal: Refusal,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
