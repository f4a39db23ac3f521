import type { LoggedRequest, RequestFilter } from './port.js';

const equal = ['method', 'route', 'userId', 'keyId', 'adminId', 'address', 'requestId', 'code'] as const;

/** What is asked for as a least number, and of which field. */
export const leasts = { minMs: 'ms', minBytesIn: 'bytesIn', minBytesOut: 'bytesOut' } as const;

/** A search for something that has no index ends after so many requests that it looked at. */
export const maxScanned = 50_000;

/** Whether a filter matches a request. */
export const matchesRequest = (filter: RequestFilter): ((request: Omit<LoggedRequest, 'at'>) => boolean) => {
  const fields = equal.filter((field) => filter[field] !== undefined);
  const [least, most] = statusesOf(filter.status);
  const bounds = Object.entries(leasts).map(
    ([name, field]) => [field, filter[name as keyof typeof leasts] ?? 0] as const,
  );
  return (request) =>
    fields.every((field) => request[field] === filter[field]) &&
    (filter.status === undefined || (request.status !== null && request.status >= least && request.status <= most)) &&
    bounds.every(([field, bound]) => request[field] >= bound);
};

/** The first and the last status of a class, or the one. */
export const statusesOf = (status: RequestFilter['status']): readonly [first: number, last: number] => {
  if (typeof status === 'number') return [status, status];
  const first = Number(status?.[0] ?? 0) * 100;
  return [first, first + 99];
};
