/**
 * Why a command was refused: its subject does not exist, it conflicts with the current state, it breaks a rule, its sender may not give it,
 * or it exceeds a limit.
 */
export type Refusal = 'not_found' | 'conflict' | 'refused' | 'forbidden' | 'limited';

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
