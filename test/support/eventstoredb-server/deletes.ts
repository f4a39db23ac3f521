import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Node } from './node.js';
import { invalidArgument, streamDeleted, wrongExpectedVersion, type RpcError } from './rpc-errors.js';
import { expectedOf, streamName } from './wire.js';

/** `Delete`: the events are hidden, and the stream may be written again. */
export const deleteStream =
  (node: Node) =>
  (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>): void => {
    try {
      const position = String(remove(node, call, 'soft'));
      const message = new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position);
      answer(null, new streams.DeleteResp().setPosition(message));
    } catch (error) {
      answer(error as RpcError);
    }
  };

/** `Tombstone`: the stream ends for good. */
export const tombstoneStream =
  (node: Node) =>
  (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>): void => {
    try {
      const position = String(remove(node, call, 'tombstone'));
      const message = new streams.TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position);
      answer(null, new streams.TombstoneResp().setPosition(message));
    } catch (error) {
      answer(error as RpcError);
    }
  };

const expectedNumbers = { any: -2, no_stream: -1, stream_exists: -4 };

const remove = (
  { log, access }: Node,
  call: ServerUnaryCall<DeleteReq, DeleteResp> | ServerUnaryCall<TombstoneReq, TombstoneResp>,
  how: 'soft' | 'tombstone',
): number => {
  const options = call.request.getOptions();
  if (!options) throw invalidArgument('The request has no options');
  const stream = streamName(options.getStreamIdentifier());
  access.check(call.metadata, stream);
  const expected = expectedOf({
    revision: options.hasRevision() ? options.getRevision() : undefined,
    any: options.hasAny(),
    noStream: options.hasNoStream(),
    streamExists: options.hasStreamExists(),
  });
  const decision = log.delete(stream, expected, how);
  if (decision.kind === 'deleted') throw streamDeleted(stream);
  if (decision.kind === 'wrong_expected_version') {
    const number = typeof expected === 'number' ? expected : expectedNumbers[expected];
    throw wrongExpectedVersion(stream, number, decision.current);
  }
  return decision.position;
};
