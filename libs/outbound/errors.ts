/** The URL leads, or was redirected, to where nothing may be fetched from. */
export class UrlNotAllowed extends Error {
  override readonly name = 'UrlNotAllowed';
}

/** The server did not answer, not in time, or not with what was asked for. The message says why, and may be shown. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}

/** What a caller may know of it: whether the address was refused, too slow, or broke off. */
export const fetchFailure = (error: unknown, { aborted }: Pick<AbortSignal, 'aborted'>): Error => {
  if (error instanceof UrlNotAllowed || error instanceof FetchFailed) return error;
  const { cause, code } = error as { readonly cause?: { readonly code?: unknown }; readonly code?: unknown };
  if (cause instanceof UrlNotAllowed || cause instanceof FetchFailed) return cause;
  if (aborted) return new FetchFailed('The server took too long', { cause: error });
  const why = cause?.code ?? code;
  if (typeof why === 'string' && /^UND_ERR_\w+_TIMEOUT$/.test(why)) {
    return new FetchFailed('The server took too long', { cause: error });
  }
  const shown = typeof why === 'string' ? why : 'no answer';
  return new FetchFailed(`The server cannot be reached, or broke off (${shown})`, { cause: error });
};
