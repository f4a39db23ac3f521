import { eventTypeFilter, streamNameFilter, type Filter } from '@eventstore/db-client';
import type { EventFilter } from '../port.js';

/** The streams of one installation on a server that it may share with others. */
export type Names = {
  readonly onServer: (stream: string) => string;
  /** The caller's name of a stream; undefined if it is another's, or the server's own. */
  readonly ofServer: (name: string) => string | undefined;
  /** What the server is asked for. It filters by streams or by types but not by both, so that some events come that do not match. */
  readonly filter: (filter: EventFilter | undefined, window: FilterWindow) => Filter;
};

/** After how many events that do not match the server sends a checkpoint: at most the product of both. */
type FilterWindow = { readonly maxSearchWindow: number; readonly checkpointInterval: number };

/** Streams whose name starts with a dollar sign are the server's own. */
const systemPrefix = '$';

/** `namespace` comes before the name of every stream. Default: none, so that all streams but the server's own are the caller's. */
export const namesIn = (namespace = ''): Names => ({
  onServer: (stream) => namespace + stream,
  ofServer: (name) =>
    name.startsWith(namespace) && !name.startsWith(systemPrefix) ? name.slice(namespace.length) : undefined,
  filter: (filter, window) => {
    if (filter?.types) return eventTypeFilter({ regex: `^${anyOf(filter.types)}$`, ...window });
    if (filter?.categories) {
      return streamNameFilter({ regex: `^${escaped(namespace)}${anyOf(filter.categories)}(-|$)`, ...window });
    }
    return namespace === ''
      ? streamNameFilter({ regex: '^[^$]', ...window })
      : streamNameFilter({ prefixes: [namespace], ...window });
  },
});

const anyOf = (words: readonly string[]): string => `(${words.map(escaped).join('|')})`;

/** Means the same to .NET, which the server is written in. */
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
