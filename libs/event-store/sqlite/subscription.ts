import type { Subscribe, SubscriptionPage } from '../port.js';
import { matchesEvent } from '../filter.js';
import type { EventPage, Reader } from './reader.js';
import type { LogView } from './log-view.js';
import type { EventLocation } from './tail.js';

const defaultPageSize = 500;

/**
 * Follows the log. Reads a page when it is asked for one, and waits until there is one. `scheduled` runs a read when its turn comes; it
 * returns undefined if the log was closed.
 */
export async function* subscription(
  view: LogView,
  reader: Reader,
  scheduled: <Result>(read: () => Result) => Promise<Result | undefined>,
  options: Subscribe,
): AsyncGenerator<SubscriptionPage> {
  const { signal, skippedTo } = options;
  const matches = matcher(options);
  let isAborted = signal?.aborted === true;
  /** Asked of every reader at every commit: the signal itself answers slowly. */
  const hasEnded = (): boolean => isAborted;
  const wake = (): void => {
    isAborted = true;
    view.announce();
  };
  signal?.addEventListener('abort', wake, { once: true });
  const read = options.stream === undefined ? allPages(view, reader, options) : streamPages(view, reader, options);
  let position = options.after;
  try {
    for (let isFirst = true; ; isFirst = false) {
      // The first page may be empty: it tells a reader that is up to date that it is live.
      if (!isFirst) position = await view.beyond({ position, matches, skippedTo, hasEnded });
      if (hasEnded() || view.over) return;
      const page = await scheduled(() => read(position));
      if (hasEnded() || !page) return;
      position = page.position;
      yield page;
    }
  } finally {
    signal?.removeEventListener('abort', wake);
  }
}

const matcher = ({ stream, filter }: Subscribe): ((event: EventLocation) => boolean) => {
  if (stream !== undefined) return (event) => event.stream === stream;
  return filter ? matchesEvent(filter) : () => true;
};

type ReadAfter = (position: number) => SubscriptionPage;

const allPages = (view: LogView, reader: Reader, { filter, pageSize = defaultPageSize }: Subscribe): ReadAfter => {
  let known: readonly number[] | undefined;
  return (after) => {
    const [lowest, highest] = [after + 1, view.head];
    const page = reader.all(view.tail, { lowest, highest, direction: 'forwards', limit: pageSize, filter, known });
    known = page.next;
    return toPage(after, view.head, page);
  };
};

const streamPages = (view: LogView, reader: Reader, options: Subscribe): ReadAfter => {
  const { stream = '', filter, pageSize = defaultPageSize } = options;
  const matches = filter ? matchesEvent(filter) : () => true;
  let from: number | undefined;
  return (after) => {
    from ??= reader.firstRevisionAfter(view.tail, stream, after);
    const query = { stream, from, upTo: view.head, direction: 'forwards', limit: pageSize } as const;
    const page = reader.stream(view.tail, query);
    from += page.events.length;
    const result = toPage(after, view.head, page);
    return { ...result, events: result.events.filter(matches) };
  };
};

const toPage = (after: number, head: number, { events, isLast }: EventPage): SubscriptionPage => {
  const position = isLast ? Math.max(after, head) : (events.at(-1)?.position ?? after);
  return { events, position, live: position >= head };
};
