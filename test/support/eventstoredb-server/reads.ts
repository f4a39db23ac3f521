import { setTimeout as delay } from 'node:timers/promises';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { filterOf, matchesAll } from './filter.js';
import { InvalidPosition, type AllPosition, type LogRecord } from './log.js';
import type { Node } from './node.js';
import { Outgoing } from './outgoing.js';
import {
  cutOff,
  invalidArgument,
  invalidPosition,
  streamDeleted,
  unexpectedResult,
  unknownHere,
  type RpcError,
} from './rpc-errors.js';
import { subscribeToAll, subscribeToStream } from './subscriptions.js';
import { eventMessage, identifierOf, streamName } from './wire.js';

const { FORWARDS: forwards } = streams.ReadReq.Options.ReadDirection;
/** Past every position and every revision. */
const end = Number.MAX_SAFE_INTEGER;

/** `Read`: a stream or `$all`, in both directions, once or as a subscription. */
export const read =
  (node: Node) =>
  (call: ServerWritableStream<ReadReq, ReadResp>): void => {
    const out = new Outgoing(call, node.sent);
    void (async () => {
      const options = call.request.getOptions();
      if (!options?.getUuidOption()?.hasString()) throw unknownHere('UUIDs are answered as text only');
      if (options.getResolveLinks()) throw unknownHere('Links are not resolved');
      node.access.check(
        call.metadata,
        options.hasAll() ? '$all' : streamName(options.getStream()?.getStreamIdentifier()),
      );
      if (options.hasSubscription()) await subscribe(node, options, out);
      else await readOnce(node, options, out);
      call.end();
    })().catch((error: unknown) => {
      if (!out.signal.aborted) call.emit('error', error instanceof InvalidPosition ? atNoEvent(call.request) : error);
    });
  };

const atNoEvent = (request: ReadReq): RpcError => {
  const options = request.getOptions();
  const isFiltered = options?.hasFilter() ?? false;
  return isFiltered && options?.hasSubscription() ? invalidPosition() : unexpectedResult(isFiltered);
};

const readOnce = async (node: Node, options: ReadReq.Options, out: Outgoing): Promise<void> => {
  node.served.reads += 1;
  const fault = node.faults.take('read');
  if (fault?.kind === 'refused') throw fault.error;
  if (fault?.kind === 'late') await delay(fault.afterMs, undefined, { ref: false });
  if (!options.hasCount()) throw invalidArgument('Neither a count nor a subscription');
  const records = options.hasAll() ? recordsOfAll(node, options) : await recordsOfStream(node, options, out);
  const limit = Number(options.getCount());
  let sent = 0;
  for (const record of records) {
    if (sent >= limit) break;
    if (fault?.kind === 'cut' && sent >= fault.afterEvents) throw cutOff();
    await out.send(eventMessage(record));
    sent += 1;
  }
  if (fault?.kind === 'cut') throw cutOff();
};

const recordsOfAll = ({ log }: Node, options: ReadReq.Options): Iterable<LogRecord> => {
  const matches = filterIn(options)?.matches ?? matchesAll;
  const isForwards = options.getReadDirection() === forwards;
  const position = startOfAll(options.getAll() as ReadReq.Options.AllOptions);
  if (isForwards) return recordsFrom(log.records, log.indexFrom(position), matches);
  return log.records.slice(0, log.countBefore(position)).reverse().filter(matches);
};

/** Ends at the record that is last when the answer comes to it. */
function* recordsFrom(
  records: readonly LogRecord[],
  start: number,
  matches: (record: LogRecord) => boolean,
): Generator<LogRecord> {
  for (let index = start; index < records.length; index += 1) {
    const record = records[index] as LogRecord;
    if (matches(record)) yield record;
  }
}

const recordsOfStream = async (
  { log }: Node,
  options: ReadReq.Options,
  out: Outgoing,
): Promise<readonly LogRecord[]> => {
  if (options.hasFilter()) throw invalidArgument('The combination of a stream and a filter is invalid.');
  const request = options.getStream() as ReadReq.Options.StreamOptions;
  const stream = streamName(request.getStreamIdentifier());
  const records = log.streamRecords(stream);
  if (records === 'tombstoned') throw streamDeleted(stream);
  if (records === undefined) {
    const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream));
    await out.send(new streams.ReadResp().setStreamNotFound(notFound));
    return [];
  }
  const isForwards = options.getReadDirection() === forwards;
  const from = startOfStream(request);
  return isForwards
    ? records.filter(({ revision }) => revision >= from)
    : records.filter(({ revision }) => revision <= from).toReversed();
};

const subscribe = async (node: Node, options: ReadReq.Options, out: Outgoing): Promise<void> => {
  if (options.getReadDirection() !== forwards) throw invalidArgument('A subscription reads forwards');
  const fault = node.faults.take('subscribe');
  if (fault?.kind === 'refused') throw fault.error;
  if (fault?.kind === 'cut') out.cutAfter(fault.afterEvents);
  const filter = filterIn(options);
  if (options.hasAll()) {
    const all = options.getAll() as ReadReq.Options.AllOptions;
    return subscribeToAll(node.log, { start: all.hasStart() ? undefined : startOfAll(all), filter }, out);
  }
  if (filter) throw invalidArgument('The combination of a stream and a filter is invalid.');
  const request = options.getStream() as ReadReq.Options.StreamOptions;
  const after = request.hasStart() ? -1 : startOfStream(request);
  await subscribeToStream(node.log, { stream: streamName(request.getStreamIdentifier()), after }, out);
};

const filterIn = (options: ReadReq.Options) => {
  const filter = options.getFilter();
  if (!filter && !options.hasNoFilter()) throw invalidArgument('The request says nothing of a filter');
  return filter && filterOf(filter);
};

const startOfAll = (all: ReadReq.Options.AllOptions): AllPosition => {
  if (all.hasStart()) return { commit: 0, prepare: 0 };
  if (all.hasEnd()) return { commit: end, prepare: end };
  const position = all.getPosition();
  if (!position) throw invalidArgument('The request says nothing of a position');
  const commit = Number(position.getCommitPosition());
  const prepare = Number(position.getPreparePosition());
  if (prepare > commit) throw invalidPosition();
  return { commit, prepare };
};

const startOfStream = (request: ReadReq.Options.StreamOptions): number => {
  if (request.hasStart()) return 0;
  if (request.hasEnd()) return end;
  if (!request.hasRevision()) throw invalidArgument('The request says nothing of a revision');
  return Number(request.getRevision());
};
