/** A request that was answered, without anything that it carried: no body, no value of its query, no secret. */
export type LoggedRequest = {
  /** UUIDv7. Writing it again changes nothing. */
  readonly id: string;
  /** When the answer ended: ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** The pattern of its route (`/v1/messages/:id`); null where it has none. */
  readonly route: string | null;
  /** Null where the caller was gone before the answer. */
  readonly status: number | null;
  /** From its head to the end of the answer, in milliseconds. */
  readonly ms: number;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly adminId: string | null;
  /** Of the caller, in the network. */
  readonly address: string;
  readonly requestId: string;
  /** Of the body, as announced. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the problem that was answered. */
  readonly code: string | null;
};

/** How many requests one process has counted of a user in a quarter of an hour. Written again with the same id, it takes its own place. */
export type RequestCount = {
  readonly id: string;
  readonly userId: string;
  /** When the quarter begins: ISO 8601, UTC. */
  readonly quarter: string;
  readonly requests: number;
};

export type RequestBatch = { readonly requests: readonly LoggedRequest[]; readonly counts: readonly RequestCount[] };

/** What requests must have; those of a class of statuses: `4xx`. */
export type RequestFilter = {
  readonly method?: string;
  readonly route?: string;
  readonly status?: number | `${number}xx`;
  readonly userId?: string;
  readonly keyId?: string;
  readonly adminId?: string;
  readonly address?: string;
  readonly requestId?: string;
  readonly code?: string;
  readonly minMs?: number;
  readonly minBytesIn?: number;
  readonly minBytesOut?: number;
};

/** `from` is included, `to` is not (ISO 8601). */
export type RequestSearch = {
  readonly where: RequestFilter;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly cursor?: string;
};

/** Of one user, or of all. `from` is included, `to` is not (ISO 8601). `by`: what they are added up for. */
export type SumSearch = {
  readonly userId?: string;
  readonly from: string;
  readonly to: string;
  readonly by: 'quarter' | 'user';
};

/** How many requests were made in a quarter (`of`: when it begins, ISO 8601, UTC), or by a user (`of`: the id). */
export type RequestSum = { readonly of: string; readonly requests: number };

/** May have fewer requests than asked for, also none, while there are more: a search that finds little ends after a part of the log. */
export type RequestPage = { readonly data: readonly LoggedRequest[]; readonly next: string | null };

/**
 * Keeps the log of requests, and counts that outlive it. Several processes may write to one that is on a server. All methods may be called
 * concurrently, and reject with {@link RequestLogUnavailable} when the store is in trouble or closed.
 */
export interface RequestLogStore {
  /** Idempotent: the same records, given again, are stored once. A crash of the machine may lose the last ones. */
  write(batch: RequestBatch): Promise<void>;

  /** The latest first; stable while more are written. @throws {InvalidCursor} */
  find(search: RequestSearch): Promise<RequestPage>;

  /** The counts, added up where they are stored; in the order of their quarters or users, each once. */
  sums(search: SumSearch): AsyncIterable<RequestSum>;

  /** Removes requests that were answered before a time (ISO 8601), the oldest first, and returns how many. Counts stay. */
  removeBefore(time: string, limit: number): Promise<number>;

  /** Brings its files into shape, where it has any: to be called once a day or so. */
  maintain(): Promise<void>;

  /** May be called twice. */
  close(): Promise<void>;
}
