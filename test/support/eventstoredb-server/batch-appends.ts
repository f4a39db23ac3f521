import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { CommitDecision, Expected } from './commit-check.js';
import type { Proposed } from './log.js';
import type { Node } from './node.js';
import { cutOff, RpcError } from './rpc-errors.js';
import { expectedOf, identifierOf, proposedOf, sizeOnDisk, streamName, uuidText } from './wire.js';

type Write = { readonly stream: string; readonly expected: Expected; readonly events: Proposed[] };

/** `BatchAppend`: many writes on one call, in the order in which they are complete. Each is answered by its correlation id. */
export const batchAppend =
  (node: Node) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const begun = new Map<string, Write>();
    const take = (request: BatchAppendReq): void => {
      const id = uuidText(request.getCorrelationId());
      const options = request.getOptions();
      let write: Write | undefined;
      try {
        if (options) begun.set(id, beginWrite(options, call, node));
        write = begun.get(id);
        if (!write) return; // a part of a write that was refused already
        write.events.push(...request.getProposedMessagesList().map(proposedOf));
        if (!request.getIsFinal()) return;
        begun.delete(id);
        const answer = (response: BatchAppendResp): void =>
          void call.write(response.setCorrelationId(request.getCorrelationId()));
        finishWrite(write, node, answer);
      } catch (error) {
        const stream = write?.stream ?? streamName(options?.getStreamIdentifier());
        begun.delete(id);
        const failure = inBand(error as RpcError);
        if (failure) call.write(answerTo(stream).setError(failure).setCorrelationId(request.getCorrelationId()));
        else call.emit('error', error);
      }
    };
    call.on('data', (request: BatchAppendReq) => {
      try {
        take(request);
      } catch (error) {
        call.emit('error', error); // it cannot be told which write that was
      }
    });
    call.on('end', () => call.end());
    call.on('error', () => {}); // the client went away
  };

const beginWrite = (
  options: BatchAppendReq.Options,
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  node: Node,
): Write => {
  const stream = streamName(options.getStreamIdentifier());
  node.access.check(call.metadata, stream);
  const deadline = options.getDeadline()?.toDate().getTime();
  if (deadline !== undefined && deadline <= Date.now()) throw new RpcError(status.DEADLINE_EXCEEDED, 'Timeout');
  const expected = expectedOf({
    revision: options.hasStreamPosition() ? options.getStreamPosition() : undefined,
    any: options.hasAny(),
    noStream: options.hasNoStream(),
    streamExists: options.hasStreamExists(),
  });
  return { stream, expected, events: [] };
};

const finishWrite = (write: Write, node: Node, answer: (response: BatchAppendResp) => void): void => {
  const { stream, expected, events } = write;
  const bytes = events.reduce((sum, event) => sum + sizeOnDisk(event), 0);
  if (bytes > node.maxAppendBytes) return answer(answerTo(stream).setError(tooLarge(node.maxAppendBytes)));
  const fault = node.faults.take('append');
  if (fault?.kind === 'refused') throw fault.error;
  const response = responseFor(write, node.log.write(stream, expected, events));
  if (fault?.kind === 'answer_lost' && fault.how === 'silence') return;
  if (fault?.kind === 'late') return void setTimeout(() => answer(response), fault.afterMs).unref();
  if (fault) throw cutOff();
  answer(response);
};

const responseFor = ({ stream, expected }: Write, decision: CommitDecision): BatchAppendResp => {
  if (decision.kind === 'deleted') return answerTo(stream).setError(deletedStatus(stream));
  if (decision.kind === 'wrong_expected_version') {
    return answerTo(stream).setError(conflictStatus(decision.current, expected));
  }
  const success = new streams.BatchAppendResp.Success();
  if (decision.revision < 0) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(String(decision.revision));
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(decision.position))
    .setPreparePosition(String(decision.position));
  if (decision.position < 0) success.setNoPosition(new emptyPb.Empty());
  else success.setPosition(position);
  return answerTo(stream).setSuccess(success);
};

const answerTo = (stream: string): BatchAppendResp =>
  new streams.BatchAppendResp().setStreamIdentifier(identifierOf(stream));

/** `google.rpc.Code` and the kind of detail of each error; its message is the name of the kind. */
const statusOf = (code: number, kind: string, detail: { serializeBinary(): Uint8Array }, message = kind): Status => {
  const details = new anyPb.Any();
  details.pack(detail.serializeBinary(), `event_store.client.${kind}`);
  return new statusPb.Status().setCode(code).setMessage(message).setDetails(details);
};

const codes = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
};

const tooLarge = (maxBytes: number): Status =>
  statusOf(
    codes.invalidArgument,
    'MaximumAppendSizeExceeded',
    new shared.MaximumAppendSizeExceeded().setMaxappendsize(maxBytes),
  );

const deletedStatus = (stream: string): Status =>
  statusOf(codes.notFound, 'StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream)));

const conflictStatus = (current: number, expected: Expected): Status => {
  const conflict = new shared.WrongExpectedVersion();
  const empty = new emptyPb.Empty();
  if (current < 0) conflict.setCurrentNoStream(empty);
  else conflict.setCurrentStreamRevision(String(current));
  if (expected === 'any') conflict.setExpectedAny(empty);
  else if (expected === 'stream_exists') conflict.setExpectedStreamExists(empty);
  else if (expected === 'no_stream') conflict.setExpectedNoStream(empty);
  else conflict.setExpectedStreamPosition(String(expected));
  return statusOf(codes.alreadyExists, 'WrongExpectedVersion', conflict);
};

/** The answer to one write that failed; undefined where the whole call fails: another leader, a wrong password, a lost connection. */
const inBand = (error: RpcError): Status | undefined => {
  if (error.details === cutOff().details || error.metadata.get('exception')[0] === 'not-leader') return undefined;
  if (error.code === status.UNAUTHENTICATED) return undefined;
  if (error.code === status.PERMISSION_DENIED) {
    return statusOf(codes.permissionDenied, 'AccessDenied', new shared.AccessDenied());
  }
  if (error.code === status.ABORTED || error.code === status.DEADLINE_EXCEEDED) {
    return statusOf(codes.deadlineExceeded, 'Timeout', new shared.Timeout());
  }
  const isRequest = error.code === status.INVALID_ARGUMENT || error.code === status.UNIMPLEMENTED;
  if (!isRequest) return statusOf(codes.unknown, 'Empty', new shared.Empty(), error.details);
  return statusOf(codes.invalidArgument, 'BadRequest', new shared.BadRequest().setMessage(error.details));
};
