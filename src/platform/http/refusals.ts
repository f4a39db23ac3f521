/** Credentials are missing, wrong or no longer valid. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
  constructor(
    detail: string,
    readonly code = 'unauthorized',
  ) {
    super(detail);
  }
}

/** Somebody else, whom the service asks, did not answer. The message is for the caller. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
}

/** A rate limit, quota or lockout. */
export class Limited extends Error {
  override readonly name = 'Limited';
  constructor(
    readonly code: string,
    detail: string,
    /** In seconds. */
    readonly retryAfter: number,
  ) {
    super(detail);
  }
}
