/** An error as the real server answers it. */
export class MongoProblem extends Error {
  override readonly name = 'MongoProblem';
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
    readonly details: { readonly errorLabels?: readonly string[]; readonly [field: string]: unknown } = {},
  ) {
    super(message);
  }
}

export const badValue = (message: string): MongoProblem => new MongoProblem(2, 'BadValue', message);
export const failedToParse = (message: string): MongoProblem => new MongoProblem(9, 'FailedToParse', message);
export const unknownField = (command: string, field: string): MongoProblem =>
  new MongoProblem(40415, 'IDLUnknownField', `BSON field '${command}.${field}' is an unknown field.`);
export const writeConflict = (): MongoProblem =>
  new MongoProblem(112, 'WriteConflict', 'Write conflict during plan execution and yielding is disabled.', {
    errorLabels: ['TransientTransactionError'],
  });
