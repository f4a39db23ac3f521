import type { LoggedRequest, RequestFilter } from './port.js';

const equal = ['method', 'route', 'userId', 'keyId', 'adminId', 'address', 'requestId', 'code'] as const;

/** Whether a filter matches a request. */
export const matchesRequest = (filter: RequestFilter): ((request: Omit<LoggedRequest, 'at'>) => boolean) => {
  const fields = equal.filter((field) => filter[field] !== undefined);
  const [least, most] = statusesOf(filter.status);
  const { minMs = 0 } = filter;
  return (request) =>
    fields.every((field) => request[field] === filter[field]) &&
    (filter.status === undefined || (request.status !== null && request.status >= least && request.status <= most)) &&
    request.ms >= minMs;
};

/** The first and the last status of a class, or the one. */
export const statusesOf = (status: RequestFilter['status']): readonly [first: number, last: number] => {
  if (typeof status === 'number') return [status, status];
  const first = Number(status?.[0] ?? 0) * 100;
  return [first, first + 99];
};
