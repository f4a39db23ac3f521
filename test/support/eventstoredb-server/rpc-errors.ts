import { Metadata, status } from '@grpc/grpc-js';

/** An error as gRPC sends it. The trailer `exception` names it for clients. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, value);
  }
}

export const invalidArgument = (details: string): RpcError => new RpcError(status.INVALID_ARGUMENT, details);

export const unknownHere = (details: string): RpcError => new RpcError(status.UNIMPLEMENTED, details);

/** The answer to a filtered subscription. */
export const invalidPosition = (): RpcError => invalidArgument('Trying to read from an invalid position.');

/** The answer to everything else that begins at such a position. */
export const unexpectedResult = (isFiltered: boolean): RpcError =>
  new RpcError(status.UNKNOWN, `Unexpected ${isFiltered ? 'Filtered' : ''}ReadAllResult: InvalidPosition`);

export const serverBusy = (): RpcError => new RpcError(status.UNAVAILABLE, 'Server Is Too Busy');

export const serverNotReady = (): RpcError => new RpcError(status.UNAVAILABLE, 'Server Is Not Ready');

export const timedOut = (): RpcError => new RpcError(status.ABORTED, 'Operation timed out: Prepare phase timeout.');

export const noLeaderInfo = (): RpcError => new RpcError(status.UNKNOWN, 'No leader info available in response');

export const notLeader = (leader: { readonly host: string; readonly port: number }): RpcError =>
  new RpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': String(leader.port),
  });

export const accessDenied = (): RpcError =>
  new RpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const unauthenticated = (): RpcError => new RpcError(status.UNAUTHENTICATED, 'Bad HTTP status code: 401');

export const streamDeleted = (stream: string): RpcError =>
  new RpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (stream: string, expected: number, actual: number): RpcError =>
  new RpcError(status.FAILED_PRECONDITION, `Delete failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual),
  });

export const maxAppendSizeExceeded = (maxBytes: number): RpcError =>
  new RpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxBytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxBytes),
  });

export const missingMetadata = (property: string): RpcError =>
  new RpcError(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** Closed in the middle of an answer, as by a proxy or a node that goes down. */
export const cutOff = (): RpcError => new RpcError(status.UNAVAILABLE, 'Connection dropped');
