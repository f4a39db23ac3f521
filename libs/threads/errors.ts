/** The thread has ended: it was closed, or it failed as a whole (`cause` is then what it failed with). */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

/** An error as plain data. A structured clone of an error would lose its class, its name and its own fields. */
export type ErrorData = {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Of system and database errors. */
  readonly code?: string | number;
  readonly cause?: ErrorData;
  /** What an `ErrorClass` needs beside the message. */
  readonly fields?: unknown;
};

/** An error class that survives the way to another thread. Both sides of a channel list the same ones. */
export type ErrorClass = {
  readonly name: string;
  readonly isInstance: (error: object) => boolean;
  readonly fieldsOf: (error: object) => unknown;
  readonly create: (message: string, fields: unknown) => Error;
};

/** `fieldsOf` takes out of an error what `create` needs to make an equal one; it must be cloneable. */
export const errorClass = <E extends Error, Fields>(
  type: abstract new (...args: never[]) => E,
  fieldsOf: (error: E) => Fields,
  create: (message: string, fields: Fields) => E,
): ErrorClass => ({
  name: type.name,
  isInstance: (error) => error instanceof type,
  fieldsOf: (error) => fieldsOf(error as E),
  create: (message, fields) => create(message, fields as Fields),
});

/** Turns errors into data and back. */
export type ErrorCodec = {
  readonly encode: (error: unknown) => ErrorData;
  /** An error of its class where that was listed, otherwise an `Error` with the same name. */
  readonly decode: (data: ErrorData) => Error;
};

/** Keeps name, message, stack, `code` and cause of every error, and the class of those that are listed. */
export const errorCodec = (classes: readonly ErrorClass[] = []): ErrorCodec => {
  const encode = (error: unknown): ErrorData => {
    if (!isErrorLike(error)) return { name: 'Error', message: String(error) };
    const known = classes.find(({ isInstance }) => isInstance(error));
    const { message, stack, code, cause } = error;
    return {
      name: known?.name ?? String(error.name),
      message,
      ...(typeof stack === 'string' && { stack }),
      ...((typeof code === 'string' || typeof code === 'number') && { code }),
      ...(cause !== undefined && { cause: encode(cause) }),
      ...(known && { fields: known.fieldsOf(error) }),
    };
  };

  const decode = (data: ErrorData): Error => {
    const { name, message, stack, code, cause, fields } = data;
    const known = classes.find((each) => each.name === name);
    const error = known ? known.create(message, fields) : Object.assign(new Error(message), { name });
    if (stack !== undefined) error.stack = stack;
    if (code !== undefined && !('code' in error)) Object.assign(error, { code });
    if (cause !== undefined) error.cause = decode(cause);
    return error;
  };
  return { encode, decode };
};

type ErrorLike = {
  readonly name: unknown;
  readonly message: string;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
};

/** Not `instanceof Error`: some errors of Node's (a `DOMException`) are none, nor are those of another realm. */
const isErrorLike = (error: unknown): error is ErrorLike =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
