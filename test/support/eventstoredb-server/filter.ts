import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord } from './log.js';
import { invalidArgument } from './rpc-errors.js';

/** A filter of `$all`, as a request has it. */
export type ServerFilter = {
  readonly matches: (record: LogRecord) => boolean;
  /** How many records one page of a read may look at. */
  readonly maxSearchWindow: number;
  /** After how many records that were looked at a subscriber is sent a checkpoint. */
  readonly checkpointInterval: number;
};

export const readBatchSize = 32;

export const matchesAll = (): boolean => true;

/** @throws an error for the client if the filter is not one that EventStoreDB knows. */
export const filterOf = (options: ReadReq.Options.FilterOptions): ServerFilter => {
  if (!options.hasMax() && !options.hasCount()) throw invalidArgument('The filter has no window');
  const maxSearchWindow = options.hasMax() ? options.getMax() : readBatchSize;
  const multiplier = options.getCheckpointintervalmultiplier();
  if (maxSearchWindow < 1 || multiplier < 1) throw invalidArgument('The window and the checkpoint interval start at 1');
  return { matches: matcherOf(options), maxSearchWindow, checkpointInterval: multiplier * maxSearchWindow };
};

const matcherOf = (options: ReadReq.Options.FilterOptions): ServerFilter['matches'] => {
  const [onStream, onType] = [options.getStreamIdentifier(), options.getEventType()];
  const expression = onStream ?? onType;
  if (!expression) throw invalidArgument('The filter is neither on streams nor on types');
  const matches = textMatcher(expression.getRegex(), expression.getPrefixList());
  return onStream ? ({ stream }) => matches(stream) : ({ type }) => matches(type);
};

const textMatcher = (regex: string, prefixes: readonly string[]): ((text: string) => boolean) => {
  if (regex !== '') {
    const pattern = new RegExp(regex, 'u');
    return (text) => pattern.test(text);
  }
  if (prefixes.length === 0) throw invalidArgument('The filter has neither a regular expression nor prefixes');
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
};
