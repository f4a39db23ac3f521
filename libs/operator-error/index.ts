/** Trouble that the operator can mend, such as a setting: the message says how, and is printed without a stack. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
