import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { matchesAll, readBatchSize, type ServerFilter } from './filter.js';
import type { AllPosition, LogRecord, TransactionLog } from './log.js';
import type { Outgoing } from './outgoing.js';
import { streamDeleted } from './rpc-errors.js';
import { checkpointMessage, eventMessage } from './wire.js';

/** How many new events a live subscription may be behind before it catches up from the log again. */
const liveBufferSize = 32;

const confirm = (out: Outgoing): Promise<void> => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  return out.send(new streams.ReadResp().setConfirmation(confirmation));
};

const sayCaughtUp = (out: Outgoing): Promise<void> =>
  out.send(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));

type SendCheckpoint = (checkpoint: AllPosition) => Promise<void>;

/** None twice. */
const checkpointSender = (out: Outgoing): SendCheckpoint => {
  let last: AllPosition = { commit: 0, prepare: 0 };
  return async (checkpoint) => {
    if (!isBefore(last, checkpoint)) return;
    last = checkpoint;
    await out.send(checkpointMessage(checkpoint));
  };
};

const positionOf = ({ position }: LogRecord): AllPosition => ({ commit: position, prepare: position });

/**
 * Follows `$all` after a position, as EventStoreDB does: reads pages until the end, says so, and goes on live. With a filter it sends
 * checkpoints: after so many records that it looked at, and whenever it has caught up.
 */
export const subscribeToAll = async (
  log: TransactionLog,
  { start, filter }: { readonly start: AllPosition | undefined; readonly filter: ServerFilter | undefined },
  out: Outgoing,
): Promise<void> => {
  await confirm(out);
  const send = checkpointSender(out);
  let index = start ? indexAfter(log, start) : 0;
  let checkpoint = start ?? { commit: 0, prepare: 0 };
  const matches = filter?.matches ?? matchesAll;
  if (index < log.records.length || !start)
    ({ index, checkpoint } = await catchUp(log, { index, checkpoint, filter, send }, out));
  await sayCaughtUp(out);
  for (let considered = 0; ;) {
    await log.moreThan(index, out.signal);
    out.signal.throwIfAborted();
    if (log.records.length - index > liveBufferSize) {
      ({ index, checkpoint } = await catchUp(log, { index, checkpoint, filter, send }, out));
      await sayCaughtUp(out);
      continue;
    }
    const record = log.records[index] as LogRecord;
    index += 1;
    if (matches(record)) await out.send(eventMessage(record));
    checkpoint = positionOf(record);
    considered += 1;
    if (!filter || considered < filter.checkpointInterval) continue;
    considered = 0;
    await send(checkpoint);
  }
};

type Progress = {
  readonly index: number;
  readonly checkpoint: AllPosition;
  readonly filter: ServerFilter | undefined;
  readonly send: SendCheckpoint;
};

/** Reads pages up to the end. A checkpoint says where the page began: the records before that are done. */
const catchUp = async (
  log: TransactionLog,
  from: Progress,
  out: Outgoing,
): Promise<Pick<Progress, 'index' | 'checkpoint'>> => {
  let { index, checkpoint } = from;
  const { matches = matchesAll, maxSearchWindow = Infinity, checkpointInterval = Infinity } = from.filter ?? {};
  let pageStart = checkpoint;
  for (let counter = 0; ;) {
    let [considered, found] = [0, 0];
    let nextPage = pageStart;
    while (index < log.records.length && considered < maxSearchWindow && found < readBatchSize) {
      const record = log.records[index] as LogRecord;
      index += 1;
      considered += 1;
      nextPage = { commit: record.end, prepare: 0 };
      if (!matches(record)) continue;
      found += 1;
      await out.send(eventMessage(record));
      checkpoint = positionOf(record);
    }
    counter += considered;
    const isEnd = considered < maxSearchWindow && found < readBatchSize;
    if (isEnd || counter >= checkpointInterval) {
      counter %= checkpointInterval;
      if (isBefore(checkpoint, pageStart)) checkpoint = pageStart;
      if (from.filter) await from.send(checkpoint);
    }
    if (isEnd) return { index, checkpoint };
    pageStart = nextPage;
  }
};

const isBefore = (one: AllPosition, other: AllPosition): boolean =>
  one.commit < other.commit || (one.commit === other.commit && one.prepare < other.prepare);

const indexAfter = (log: TransactionLog, start: AllPosition): number => {
  const index = log.indexFrom(start);
  const { position } = log.records[index] ?? {};
  return position === start.commit && start.prepare >= start.commit ? index + 1 : index;
};

/** Follows one stream after a revision. A stream that does not exist is waited for. */
export const subscribeToStream = async (
  log: TransactionLog,
  { stream, after }: { readonly stream: string; readonly after: number },
  out: Outgoing,
): Promise<void> => {
  await confirm(out);
  let last = after;
  let isLive = false;
  for (;;) {
    const count = log.records.length;
    const records = log.streamRecords(stream);
    if (records === 'tombstoned') throw streamDeleted(stream);
    for (const record of records ?? []) {
      if (record.revision <= last) continue;
      await out.send(eventMessage(record));
      last = record.revision;
    }
    if (!isLive) await sayCaughtUp(out);
    isLive = true;
    await log.moreThan(count, out.signal);
    out.signal.throwIfAborted();
  }
};
