import {
  CredentialsUnavailable,
  DownloadFailed,
  NotConnected,
  QueryFailed,
  SendFailed,
  type SendOutcome,
} from '../../errors.js';

/** An error as it passes from one thread to another: a copy of an error forgets its class and its own fields. */
export type PassedError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** What its class needs beside the message. */
  readonly details: unknown;
};

export const passError = (error: unknown): PassedError => {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined, details: undefined };
  const { name, message, stack } = error;
  return { name, message, stack, details: detailsOf(error) };
};

const detailsOf = (error: Error): unknown => {
  if (error instanceof SendFailed) return error.outcome;
  if (error instanceof NotConnected) return error.sessionId;
  if (error instanceof QueryFailed) return error.code;
  if (error instanceof DownloadFailed) return error.gone;
  return undefined;
};

/** The error that was passed, of its own class where that is one that callers tell apart. */
export const receiveError = (passed: PassedError): Error => {
  const error = made(passed);
  if (passed.stack !== undefined) error.stack = passed.stack;
  return error;
};

const made = ({ name, message, details }: PassedError): Error => {
  switch (name) {
    case 'SendFailed':
      return new SendFailed(details as SendOutcome, message);
    case 'NotConnected':
      return new NotConnected(details as string);
    case 'QueryFailed':
      return new QueryFailed(details as number | null, message);
    case 'DownloadFailed':
      return new DownloadFailed(details as boolean, message);
    case 'CredentialsUnavailable':
      return new CredentialsUnavailable(message);
    default:
      return Object.assign(new Error(message), { name });
  }
};
