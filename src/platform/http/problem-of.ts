import { HttpException } from '@nestjs/common';
import { Transient } from '#lib/async';
import { DomainError, type Refusal } from '#lib/event-sourcing';
import { CorruptEvent, RevisionConflict } from '#lib/event-store';
import { AnswerLost, NobodyAnswers } from '#lib/process-calls';
import { InvalidCursor } from '#lib/read-models';
import { NotParked } from '#lib/subscriptions';
import { SearchTimedOut } from '../views/searches.js';
import { ViewBehind } from '../views/view-behind.js';
import {
  InvalidInput,
  MalformedRequest,
  MethodNotAllowed,
  NoApiHere,
  PartlyDone,
  type ProblemDetails,
} from './problem.js';
import { Limited, NotAnswered, Unauthenticated } from './refusals.js';

const statusOf: { readonly [refusal in Refusal]: number } = {
  not_found: 404,
  gone: 410,
  conflict: 409,
  refused: 422,
  forbidden: 403,
  limited: 429,
  too_large: 413,
  out_of_range: 416,
  unavailable: 502,
};

/** Codes for what the framework refuses. */
const codeOf: { readonly [status: number]: string } = {
  400: 'malformed_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'not_ready',
};

const transientRetryAfterSeconds = 5;

const internal: ProblemDetails = {
  status: 500,
  code: 'internal_error',
  detail: 'Something went wrong on our side. It was logged under the request id.',
};

/** What a caller is told about an error. Errors that are not the caller's reveal no internals. */
export const problemOf = (error: unknown): ProblemDetails => {
  if (error instanceof PartlyDone) return { ...problemOf(error.cause), results: error.results };
  if (error instanceof DomainError) {
    return { status: statusOf[error.refusal], code: error.code, detail: error.message };
  }
  if (error instanceof Unauthenticated) return { status: 401, code: error.code, detail: error.message };
  if (error instanceof Limited) {
    return { status: 429, code: error.code, detail: error.message, retryAfter: error.retryAfter };
  }
  if (error instanceof NotAnswered) return { status: 503, code: 'not_ready', detail: error.message };
  if (error instanceof InvalidInput) {
    return { status: 400, code: 'validation_failed', detail: error.message, errors: error.errors };
  }
  if (error instanceof MalformedRequest) return { status: 400, code: 'malformed_request', detail: error.message };
  if (error instanceof MethodNotAllowed) {
    return { status: 405, code: 'method_not_allowed', detail: error.message, allow: error.allow };
  }
  if (error instanceof InvalidCursor) return { status: 400, code: 'invalid_cursor', detail: error.message };
  if (error instanceof NotParked) return { status: 404, code: 'not_parked', detail: error.message };
  if (error instanceof ViewBehind) {
    const detail = 'The service is still catching up with its log, so that the answer could lack something: try again.';
    return { status: 503, code: 'not_ready', detail, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof SearchTimedOut) {
    return { status: 503, code: 'search_timed_out', detail: error.message, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof NoApiHere) {
    const detail = 'This process of the service answers no requests: ask one that has the role api.';
    return { status: 503, code: 'no_api_here', detail, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof NobodyAnswers) {
    const detail =
      'The part of the service that has the sessions does not run at the moment. Nothing was done: try again.';
    return { status: 503, code: 'sessions_unavailable', detail, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof AnswerLost) {
    const detail =
      'The part of the service that has the sessions did not answer. What was asked may be done, or not: look before you try again.';
    return { status: 503, code: 'answer_lost', detail, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof Transient) {
    const detail =
      'The service cannot write or read at the moment. Nothing of this request is known to be done: try again.';
    return { status: 503, code: 'store_unavailable', detail, retryAfter: transientRetryAfterSeconds };
  }
  if (error instanceof RevisionConflict) {
    return {
      status: 409,
      code: 'conflict',
      detail: 'Others were changing the same thing at the same time: try again.',
    };
  }
  if (error instanceof CorruptEvent) return { status: 500, code: 'event_corrupt', detail: error.message };
  return ofFramework(error) ?? internal;
};

/** Our texts for the framework's errors: its own texts reveal internals. */
const detailOf: { readonly [status: number]: string } = {
  400: 'The request is malformed',
  404: 'There is no such route',
  408: 'The request did not arrive in time',
  413: 'The body is larger than this route takes',
  414: 'The address, or a part of it, is too long',
  415: 'A body must be JSON, and say so in Content-Type',
  431: 'The headers are too large',
};

const ofFramework = (error: unknown): ProblemDetails | undefined => {
  const status = error instanceof HttpException ? error.getStatus() : statusIn(error);
  const code = status === undefined ? undefined : codeOf[status];
  if (status === undefined || code === undefined) return undefined;
  return { status, code, detail: detailOf[status] ?? 'The request is refused' };
};

/** Fastify's errors carry their status; only the caller's own errors are shown. */
const statusIn = (error: unknown): number | undefined => {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : Number.NaN;
  return status >= 400 && status < 500 ? status : undefined;
};
