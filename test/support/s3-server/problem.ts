/** What the server refuses, by the codes of S3. */
export class S3Problem extends Error {
  override readonly name = 'S3Problem';
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

export const notImplemented = (): S3Problem => new S3Problem(501, 'NotImplemented');
