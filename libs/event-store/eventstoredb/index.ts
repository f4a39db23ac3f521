import type { EventStore } from '../port.js';
import { defaultLimits, type Limits } from './limits.js';
import { namesIn } from './names.js';
import { EventStoreDbStore } from './store.js';

export { InvalidEventStoreUrl } from './connection-url.js';

export type EventStoreDbOptions = {
  /** `esdb://` or `kurrentdb://`, or one of them with `+discover`: `esdb://user:password@host:2113?tls=true`. */
  readonly url: string;
  /** Comes before the name of every stream, for installations that share a server. Ends with no dash. Default: none. */
  readonly namespace?: string;
  readonly limits?: Partial<Limits>;
};

/**
 * Opens the event store on a server of EventStoreDB 23.10 or later, or of KurrentDB. One process opens one at a time.
 * @throws {InvalidEventStoreUrl} the URL cannot be used.
 * @throws {UnusableServer} it refuses the user, or is too old.
 * @throws {StoreUnavailable} no server answers.
 */
export const openEventStoreDb = ({ url, namespace, limits }: EventStoreDbOptions): Promise<EventStore> =>
  EventStoreDbStore.open(url, namesIn(namespace), { ...defaultLimits, ...limits });
