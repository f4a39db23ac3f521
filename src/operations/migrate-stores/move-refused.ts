import { OperatorError } from '#lib/operator-error';

/** The stores cannot be moved as asked; the message says why and what to do. */
export class MoveRefused extends OperatorError {
  override readonly name = 'MoveRefused';
}
