/** The URL leads, or was redirected, to where nothing may be fetched from. */
export class UrlNotAllowed extends Error {
  override readonly name = 'UrlNotAllowed';
}

/** The server did not answer, not in time, or not with what was asked for. The message says why, and may be shown. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}
