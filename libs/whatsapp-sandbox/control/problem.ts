import { STATUS_CODES } from 'node:http';
import { SandboxError, type SandboxErrorCode } from '../errors.js';

type FieldError = { readonly path: string; readonly message: string };

/** A problem document (RFC 9457) with a stable code. */
type ControlProblem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
};

/** A refused request; the message explains why. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors?: readonly FieldError[],
  ) {
    super(detail);
  }
}

const statusOf: { readonly [code in SandboxErrorCode]: number } = {
  already_exists: 409,
  companion_refused: 422,
  invalid_argument: 400,
  not_allowed: 403,
  not_found: 404,
  no_media: 422,
  pairing_expired: 422,
  phone_offline: 409,
  too_many_devices: 409,
  unknown_number: 422,
  wrong_code: 422,
};

/** Codes for requests that the HTTP framework refuses. */
const codeOf: { readonly [status: number]: string } = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'too_large',
  415: 'unsupported_media_type',
};

/** The problem document for an error. Internal errors reveal no details. */
export function toProblem(error: unknown, requestId: string): ControlProblem {
  if (error instanceof ControlError) return problem(error.status, error.code, error.message, requestId, error.errors);
  if (error instanceof SandboxError) {
    return problem(statusOf[error.code], error.code, error.message, requestId);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) {
    const detail = error instanceof SyntaxError ? 'the body is not valid JSON' : (error as Error).message;
    return problem(status, codeOf[status] ?? 'malformed_request', detail, requestId);
  }
  return problem(500, 'internal_error', 'internal error; see the log of the sandbox', requestId);
}

const problem = (
  status: number,
  code: string,
  detail: string,
  requestId: string,
  errors?: readonly FieldError[],
): ControlProblem => ({
  type: `urn:whatsapp-sandbox:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  code,
  requestId,
  ...(errors && { errors }),
});
