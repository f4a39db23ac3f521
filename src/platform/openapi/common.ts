import type { OpenAPIObject } from '@nestjs/swagger';
import { audienceOf, type Permission } from '../http/access.contract.js';
import { UNCOUNTED } from '../http/permit.js';
import { extensions, problemResponse, type DocumentedHeaders, type DocumentedProblem } from './answers.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  readonly 'x-permission'?: Permission;
  readonly [UNCOUNTED]?: true;
  readonly 'x-idempotent'?: true;
  [extensions.headers]?: { readonly statuses: readonly number[]; readonly headers: DocumentedHeaders };
  [extensions.mediaTypes]?: readonly string[];
};

const invalid: DocumentedProblem = {
  status: 400,
  code: 'validation_failed',
  detail: 'The request does not match its schema',
};
const malformed: DocumentedProblem = { status: 400, code: 'malformed_request', detail: 'The body is not valid JSON' };
const unauthorized: DocumentedProblem = {
  status: 401,
  code: 'unauthorized',
  detail: 'Credentials are missing, wrong or no longer valid',
};
const expired: DocumentedProblem = { status: 401, code: 'api_key_expired', detail: 'This API key has expired' };
const lacking: DocumentedProblem = {
  status: 403,
  code: 'permission_missing',
  detail: 'This needs the permission messages:send',
};
const inactive: DocumentedProblem = { status: 403, code: 'user_inactive', detail: 'This user is deactivated' };
const elsewhere: DocumentedProblem = {
  status: 403,
  code: 'ip_not_allowed',
  detail: 'This API key may not be used from this address',
};
const reused: DocumentedProblem = {
  status: 409,
  code: 'idempotency_key_reused',
  detail: 'This Idempotency-Key was used for another request',
};
const tooLarge: DocumentedProblem = {
  status: 413,
  code: 'too_large',
  detail: 'The body is larger than this route takes',
};
const wrongType: DocumentedProblem = {
  status: 415,
  code: 'unsupported_media_type',
  detail: 'A body must be JSON, and say so in Content-Type',
};
const limited: DocumentedProblem = {
  status: 429,
  code: 'rate_limited',
  detail: '120 requests per minute are allowed',
};
const notReady: readonly DocumentedProblem[] = [
  { status: 503, code: 'store_unavailable', detail: 'The service cannot write or read at the moment.' },
  { status: 503, code: 'not_ready', detail: 'The service is still catching up with its log: try again.' },
];
const invalidCursor: DocumentedProblem = {
  status: 400,
  code: 'invalid_cursor',
  detail: 'The cursor belongs to another list',
};
const searchTimedOut: DocumentedProblem = {
  status: 503,
  code: 'search_timed_out',
  detail: 'The search did not end within 5 seconds',
};

const text = (description: string) => ({ description, schema: { type: 'string' } });
const count = (description: string) => ({ description, schema: { type: 'integer' } });

const requestId = { 'X-Request-Id': text("The request's id: the caller's own, or a new one.") };
const rate = {
  'X-RateLimit-Limit': count('Requests per minute of the user, or of the address where it is not known who calls.'),
  'X-RateLimit-Remaining': count('Requests left in this minute.'),
  'X-RateLimit-Reset': count('Seconds until the minute ends.'),
};

/** Adds what follows from an operation's permission and input: security, problems, headers. */
export const complete = (operation: Operation, document: OpenAPIObject): void => {
  const permission = operation['x-permission'];
  if (permission === undefined) return;
  if (mayBeLeftOut(operation, document)) Object.assign(operation.requestBody ?? {}, { required: false });
  const audience = audienceOf(permission);
  operation.security = securityOf[audience];
  operation.description = [operation.description, needs(permission)].filter(Boolean).join('\n\n');
  for (const refusal of refusalsOf(operation, audience)) add(operation, refusal);
  addMediaTypes(operation);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response && !('$ref' in response)) response.headers = { ...headersOf(operation, status), ...response.headers };
  }
  delete operation[extensions.headers];
};

const headersOf = (operation: Operation, status: string): DocumentedHeaders => {
  const audience = audienceOf(operation['x-permission'] ?? 'public');
  const isCounted = audience === 'users' || (audience === 'everyone' && !operation[UNCOUNTED]);
  const isRejected = audience === 'users' && status === '401';
  const isCreated = operation['x-idempotent'] && status.startsWith('2');
  const own = operation[extensions.headers];
  return {
    ...requestId,
    ...((isCounted || status === '429') && !isRejected && rate),
    ...(status === '401' && { 'WWW-Authenticate': text('How to authenticate.') }),
    ...((status === '429' || status === '503') && { 'Retry-After': count('Seconds after which to try again.') }),
    ...(isCreated && {
      Location: text("The resource's path."),
      'Idempotent-Replayed': text('`true` where an earlier request was executed.'),
    }),
    ...(own?.statuses.includes(Number(status)) && own.headers),
  };
};

/** The same answer in other forms: pictures are binary. */
const addMediaTypes = (operation: Operation): void => {
  const answer = operation.responses['200'];
  if (answer && !('$ref' in answer)) {
    for (const type of operation[extensions.mediaTypes] ?? []) {
      const schema = type.startsWith('text/') ? { type: 'string' } : { type: 'string', contentMediaType: type };
      answer.content = { ...answer.content, [type]: { schema } };
    }
  }
  delete operation[extensions.mediaTypes];
};

/** Whether the body is one of which every field is optional. */
const mayBeLeftOut = ({ requestBody }: Operation, { components }: OpenAPIObject): boolean => {
  if (!requestBody || '$ref' in requestBody) return false;
  const { schema } = requestBody.content['application/json'] ?? {};
  if (!schema || !('$ref' in schema)) return false;
  const body = components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
  return body !== undefined && !('$ref' in body) && body.type === 'object' && !body.required?.length;
};

const securityOf = { everyone: [], admins: [{ admin: [] }], users: [{ apiKey: [] }] };

const needs = (permission: Permission): string =>
  permission === 'public' ? 'Open to everyone.' : `Permission: \`${permission}\`.`;

const refusalsOf = (operation: Operation, audience: ReturnType<typeof audienceOf>): readonly DocumentedProblem[] => [
  ...(operation.requestBody ? [invalid, malformed, tooLarge, wrongType] : []),
  ...(operation.parameters?.length ? [invalid] : []),
  ...(audience === 'admins' ? [unauthorized, lacking] : []),
  ...(audience === 'users' ? [unauthorized, expired, lacking, inactive, elsewhere] : []),
  ...(operation[UNCOUNTED] ? [] : [limited]),
  ...(operation['x-idempotent'] ? [reused] : []),
  ...(takes(operation, 'cursor', 'string') ? [invalidCursor] : []),
  ...(takes(operation, 'q', 'string') ? [searchTimedOut] : []),
  ...notReady,
];

/** Whether an operation has a parameter of that type. */
const takes = ({ parameters = [] }: Operation, name: string, type: string): boolean =>
  parameters.some(
    (one) => 'name' in one && one.name === name && one.schema && 'type' in one.schema && one.schema.type === type,
  );

type Documented = ReturnType<typeof problemResponse>;

const add = ({ responses }: Operation, refusal: DocumentedProblem): void => {
  const documented = responses[String(refusal.status)] as Documented | undefined;
  const more = problemResponse([refusal]);
  if (!documented) {
    responses[String(refusal.status)] = more;
    return;
  }
  const examples = documented.content['application/problem+json'].examples;
  if (refusal.code in examples) return;
  Object.assign(examples, more.content['application/problem+json'].examples);
  documented.description = `${documented.description}, ${more.description}`;
};
