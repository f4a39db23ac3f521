import { convertToCommandError, ErrorType, isCommandError } from '@eventstore/db-client';
import { OperatorError } from '#lib/operator-error';
import { CorruptEvent, InvalidAppend, NoEventAtPosition, RevisionConflict, StoreUnavailable } from '../errors.js';

/** The server did not answer in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms`);
  }
}

/** An answer stopped before it was complete, or a stream without end stopped. */
export class AnswerEnded extends Error {
  override readonly name = 'AnswerEnded';
}

/** The server is overloaded, not ready, or without a leader; an append may be stored. */
export class ServerBusy extends Error {
  override readonly name = 'ServerBusy';
}

/** The server does not let this user do what was asked. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
  constructor() {
    super('It refuses the user name or password, or the user may not read $all');
  }
}

/** A server that this program cannot work with, as it is. */
export class UnusableServer extends OperatorError {
  override readonly name = 'UnusableServer';
}

/** The error of every call to a closed store. */
export const closedError = (): StoreUnavailable => new StoreUnavailable('closed', 'The event store is closed');

/** The client's error for one of gRPC. */
export const commandError = (error: unknown): unknown =>
  error instanceof Error ? convertToCommandError(error) : error;

/** The error as the client knows it, if it is one of the client's. */
const clientError = (error: unknown) => (error instanceof Error && isCommandError(error) ? error : undefined);

/** gRPC codes of requests that the server will never accept. */
const refusedCodes = new Set<unknown>([3, 9, 11, 12]);
const grpcPermissionDenied = 7;

/** Whether the same request may succeed later: a server that is busy, restarts, or is no longer the leader. */
export const isPassing = (error: unknown): boolean =>
  !isFault(error) &&
  !isPorts(error) &&
  !isAccessRefused(error) &&
  !isNoStream(error) &&
  !isAtNoEvent(error) &&
  !refusedCodes.has(clientError(error)?.code);

/** A mistake in this program, which must not look like one of the server. */
const isFault = (error: unknown): boolean =>
  !(error instanceof Error) ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError;

const isAccessRefused = (error: unknown): boolean =>
  error instanceof AccessRefused ||
  clientError(error)?.type === ErrorType.ACCESS_DENIED ||
  Number(clientError(error)?.code) === grpcPermissionDenied;

/** Whether a read failed because there is no such stream (any more): it has no events then. */
export const isNoStream = (error: unknown): boolean =>
  clientError(error)?.type === ErrorType.STREAM_NOT_FOUND || clientError(error)?.type === ErrorType.STREAM_DELETED;

const isPorts = (error: unknown): boolean =>
  [CorruptEvent, InvalidAppend, RevisionConflict, StoreUnavailable, UnusableServer].some(
    (kind) => error instanceof kind,
  );

/** The port's error for one of the client or of a call. What is none of those is returned unchanged. */
export const storeError = (error: unknown): unknown => {
  if (isPorts(error) || isFault(error)) return error;
  const Kind = isAtNoEvent(error) ? NoEventAtPosition : StoreUnavailable;
  return new Kind('io', `EventStoreDB: ${detailOf(error as Error)}`, { cause: error });
};

/** Why the store cannot be opened. Waiting for the server helps only where this is a `StoreUnavailable`. */
export const openingError = (error: unknown): unknown => {
  const cause = error instanceof StoreUnavailable ? error.cause : error;
  return isAccessRefused(cause)
    ? new UnusableServer(`EventStoreDB: ${new AccessRefused().message}`)
    : storeError(error);
};

/** A filtered subscription is told "an invalid position", a read "InvalidPosition", with the code of an unknown error. */
const isAtNoEvent = (error: unknown): boolean => error instanceof Error && /invalid ?position/i.test(error.message);

const detailOf = (error: Error): string => {
  if (isAccessRefused(error)) return new AccessRefused().message;
  if (!isAtNoEvent(error)) return error.message;
  return 'It has no event at the position where reading should go on: views or sagas stem from another log';
};
