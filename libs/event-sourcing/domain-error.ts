/** Why a command was refused: what is meant is not there, clashes with what is, breaks a rule, is not allowed, or is too much. */
export type Refusal = 'not_found' | 'conflict' | 'refused' | 'forbidden' | 'limited';

/** A command that may not be done, for a reason that its sender can act on. Nothing was recorded. `code` is stable: clients compare it. */
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
