/** Nobody that we know: no credentials, or wrong ones. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
  constructor(
    detail: string,
    readonly code = 'unauthorized',
  ) {
    super(detail);
  }
}

/** Too much of something. */
export class Limited extends Error {
  override readonly name = 'Limited';
  constructor(
    readonly code: string,
    detail: string,
    /** Seconds after which it is worth trying again. */
    readonly retryAfter: number,
  ) {
    super(detail);
  }
}
