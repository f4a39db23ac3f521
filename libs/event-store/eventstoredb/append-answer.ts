import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { InvalidAppend, RevisionConflict } from '../errors.js';
import type { StreamAppend } from '../port.js';
import { AccessRefused, ServerBusy } from './errors.js';

/** Where an append was stored; a server may not tell the position of one that is repeated. */
type StoredAt = { readonly revision: number; readonly position: number | undefined };

/** Reads the answer to an append. @throws {RevisionConflict | InvalidAppend | AccessRefused | ServerBusy} */
export const storedAt = (answer: BatchAppendResp, append: StreamAppend): StoredAt => {
  const success = answer.getSuccess();
  if (!success) throw failureOf(answer, append);
  const position = success.getPosition();
  return {
    revision: Number(success.getCurrentRevision()),
    position: position && Number(position.getCommitPosition()),
  };
};

const failureOf = (answer: BatchAppendResp, { stream, expected }: StreamAppend): Error => {
  const error = answer.getError();
  const details = error?.getDetails();
  const kind = details?.getTypeName().split('.').at(-1);
  switch (kind) {
    case 'WrongExpectedVersion': {
      const conflict = shared.WrongExpectedVersion.deserializeBinary(details?.getValue_asU8() ?? new Uint8Array());
      const current = Number(conflict.getCurrentStreamRevision());
      const exists = conflict.hasCurrentStreamRevision() && Number.isSafeInteger(current);
      return new RevisionConflict(stream, expected, exists ? current : 'no_stream');
    }
    case 'StreamDeleted':
      return new InvalidAppend(`${stream} was deleted on the server for good`);
    case 'MaximumAppendSizeExceeded':
    case 'MaximumAppendEventSizeExceeded':
      return new InvalidAppend('The append is larger than the server allows (MaxAppendSize, MaxAppendEventSize)');
    case 'BadRequest':
      return new InvalidAppend(`The server refuses the append to ${stream}: ${error?.getMessage()}`);
    case 'AccessDenied':
      return new AccessRefused();
    default:
      return new ServerBusy(error?.getMessage() ?? 'It answered with neither success nor error');
  }
};
