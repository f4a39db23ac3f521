import { setTimeout as delay } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import type { CommitDecision, Expected } from './commit-check.js';
import type { Node } from './node.js';
import { cutOff, invalidArgument, maxAppendSizeExceeded, streamDeleted, type RpcError } from './rpc-errors.js';
import { expectedOf, proposedOf, sizeOnDisk, streamName } from './wire.js';

/** `Append`: one write per call. */
export const append =
  (node: Node) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void => {
    void (async () => {
      const requests: AppendReq[] = [];
      for await (const request of call as AsyncIterable<AppendReq>) requests.push(request);
      const [first, ...others] = requests;
      const options = first?.getOptions();
      if (!options) throw invalidArgument('The first message has no options');
      const stream = streamName(options.getStreamIdentifier());
      node.access.check(call.metadata, stream);
      const expected = expectedOf({
        revision: options.hasRevision() ? options.getRevision() : undefined,
        any: options.hasAny(),
        noStream: options.hasNoStream(),
        streamExists: options.hasStreamExists(),
      });
      const events = others.map((request) => {
        const message = request.getProposedMessage();
        if (!message) throw invalidArgument('A message after the first is not an event');
        return proposedOf(message);
      });
      const bytes = events.reduce((sum, event) => sum + sizeOnDisk(event), 0);
      if (bytes > node.maxAppendBytes) throw maxAppendSizeExceeded(node.maxAppendBytes);
      const fault = node.faults.take('append');
      if (fault?.kind === 'refused') throw fault.error;
      const decision = node.log.write(stream, expected, events);
      if (decision.kind === 'deleted') throw streamDeleted(stream);
      if (fault?.kind === 'answer_lost' && fault.how === 'silence') return;
      if (fault?.kind === 'late') await delay(fault.afterMs, undefined, { ref: false });
      else if (fault) throw cutOff();
      answer(null, responseOf(decision, expected));
    })().catch((error: RpcError) => answer(error));
  };

type Decided = Exclude<CommitDecision, { readonly kind: 'deleted' }>;

const responseOf = (decision: Decided, expected: Expected): AppendResp => {
  const response = new streams.AppendResp();
  if (decision.kind === 'wrong_expected_version')
    return response.setWrongExpectedVersion(conflictOf(decision.current, expected));
  const position = new streams.AppendResp.Position()
    .setCommitPosition(String(decision.position))
    .setPreparePosition(String(decision.position));
  const success = new streams.AppendResp.Success();
  if (decision.revision < 0) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(decision.revision));
  if (decision.position < 0) success.setNoPosition(new shared.Empty());
  else success.setPosition(position);
  return response.setSuccess(success);
};

const conflictOf = (current: number, expected: Expected): AppendResp.WrongExpectedVersion => {
  const conflict = new streams.AppendResp.WrongExpectedVersion();
  const empty = new shared.Empty();
  if (current < 0) conflict.setCurrentNoStream(empty);
  else conflict.setCurrentRevision(String(current));
  if (expected === 'any') return conflict.setExpectedAny(empty);
  if (expected === 'stream_exists') return conflict.setExpectedStreamExists(empty);
  if (expected === 'no_stream') return conflict.setExpectedNoStream(empty);
  return conflict.setExpectedRevision(String(expected));
};
