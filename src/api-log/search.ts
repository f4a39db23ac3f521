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
