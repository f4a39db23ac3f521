/** An error as callers see it: RFC 9457, with a code that clients may compare. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  /** For invalid input: where and why. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** Of a change of which a part is done, or may be: what became of each part. */
  readonly results?: readonly PartResult[];
};

/** `path`: of the field that asks for the part. `code`: why it was not done. */
export type PartResult = { readonly path: string; readonly ok: boolean; readonly code?: string };

/** Details may quote what was sent. */
const maxDetailChars = 500;

/** The parts that differ from problem to problem. */
export type ProblemDetails = Pick<Problem, 'status' | 'code' | 'detail' | 'errors' | 'results'> & {
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
  /** The methods that the path has. */
  readonly allow?: string;
};

const titles: { readonly [status: number]: string } = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timed out',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Refused',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  502: 'Not available',
  503: 'Not ready',
};

export const problem = ({ status, code, detail, errors, results }: ProblemDetails, requestId: string): Problem => ({
  type: `urn:waybill:problem:${code}`,
  title: titles[status] ?? 'Error',
  status,
  detail: detail.slice(0, maxDetailChars),
  code,
  requestId,
  ...(errors && { errors }),
  ...(results && { results }),
});

/** A change failed when a part of it was done, or may have been. `cause`: what a caller is told of the failure. */
export class PartlyDone extends Error {
  override readonly name = 'PartlyDone';
  constructor(
    override readonly cause: unknown,
    readonly results: readonly PartResult[],
  ) {
    super('A part of the change failed');
  }
}

/** The request, or its body, cannot be read. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

/** The path has no route for this method. `allow`: the methods that it has. */
export class MethodNotAllowed extends Error {
  override readonly name = 'MethodNotAllowed';
  constructor(readonly allow: string) {
    super(`This path allows ${allow}`);
  }
}

/** The input does not match its schema. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(readonly errors: readonly { readonly path: string; readonly message: string }[]) {
    super('The request does not match its schema');
  }
}

/** This process has another role than to answer requests. */
export class NoApiHere extends Error {
  override readonly name = 'NoApiHere';
  constructor() {
    super('This process does not answer requests');
  }
}
