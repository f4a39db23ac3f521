import type { RequestFilter, RequestSearch } from '#lib/request-log';

/** The search that the parameters of a list ask for. */
export const searchOf = ({
  from,
  to,
  limit,
  cursor,
  ...where
}: RequestFilter & Omit<RequestSearch, 'where'>): RequestSearch => ({
  where,
  limit,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(cursor !== undefined && { cursor }),
});

/** Of a search that a server does not answer in time. */
export const timedOut = {
  status: 503,
  code: 'search_timed_out',
  detail: 'The search did not end within 5 seconds',
} as const;
