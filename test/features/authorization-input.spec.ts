import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { exampleBody, operations, type Operation } from '../support/http-operations.js';
import { startHttp, type Answer, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** In all, over all routes. */
const cases = 10_000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let document: OpenAPIObject;
let token: string;
let key: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  token = await service.logIn();
  const limits = { requestsPerMinute: 100_000 };
  const user = await service.call('POST /v1/admin/users', {
    token,
    body: { name: 'K', email: 'k@example.com', limits },
  });
  const issued = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, { token, body: { name: 'k' } });
  key = issued.body.secret;
  document = (await service.call('GET /openapi.json')).body as OpenAPIObject;
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    'مرحبا',
    '👩‍👩‍👧',
    '__proto__',
    'constructor',
    "' OR 1=1 --",
    '../../etc/passwd',
    '%00',
    'null',
    '1e999',
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const anything = fc.oneof(nasty, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue());

/** The example with some fields left out, replaced or added; or something else altogether. */
const bodiesLike = (example: unknown): fc.Arbitrary<unknown> => {
  if (typeof example !== 'object' || example === null) return anything;
  const fields = Object.keys(example);
  const mangled = fc
    .record({
      without: fc.subarray(fields),
      instead: fc.dictionary(fields.length > 0 ? fc.constantFrom(...fields) : fc.string(), anything, { maxKeys: 3 }),
      added: fc.dictionary(nasty, anything, { maxKeys: 2 }),
    })
    .map(({ without, instead, added }) => ({
      ...Object.fromEntries(Object.entries(example).filter(([field]) => !without.includes(field))),
      ...instead,
      ...added,
    }));
  return fc.oneof({ weight: 5, arbitrary: mangled }, { weight: 1, arbitrary: anything });
};

const bodyOf = (operation: Operation): fc.Arbitrary<string | undefined> => {
  const example = exampleBody(document, operation);
  if (example === undefined) return fc.constant(undefined);
  const json = bodiesLike(example).map((body) => JSON.stringify(body) ?? '');
  return fc.oneof({ weight: 9, arbitrary: json }, { weight: 1, arbitrary: fc.string() });
};

/** Halves of letters cannot stand in an address. */
const encode = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '?'));

const idOf = fc.oneof(fc.uuid(), nasty).map((id) => encode(id) || '-');
const queryOf = (names: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names, 'limit'), nasty), anything, { maxKeys: 3 }).map((query) =>
    Object.entries(query)
      .map(([name, value]) => `${encode(name)}=${encode(typeof value === 'string' ? value : JSON.stringify(value))}`)
      .join('&'),
  );

const isProblem = ({ status, body, headers }: Answer): boolean =>
  String(headers['content-type']).startsWith('application/problem+json') &&
  body.status === status &&
  [body.type, body.title, body.detail, body.code, body.requestId].every((part) => typeof part === 'string');

describe('whatever is sent', () => {
  it('is answered with what was asked for, or a problem that is the sender’s: never ours', async () => {
    const tested = operations(document).filter(({ path }) => path.startsWith('/v1') && !path.endsWith('/logout'));
    const registered: string[] = [];
    for (const operation of tested) {
      const credentials: Call = operation.permission.startsWith('admin:') ? { token } : { key };
      const property = fc.asyncProperty(
        bodyOf(operation),
        fc.array(idOf, { minLength: 3, maxLength: 3 }),
        queryOf(operation.query),
        async (body, ids, query) => {
          let next = 0;
          const url = operation.path.replaceAll(/\{\w+\}/g, () => ids[next++] ?? '-');
          const asked = operation.streams ? `${query}&after=999999999` : query; // a refusal ends
          const answer = await service.call(`${operation.method} ${url}${asked && `?${asked}`}`, {
            ...credentials,
            ...(body !== undefined && { body }),
          });
          if (answer.status === 201 && operation.name === 'POST /v1/admin/users') registered.push(answer.body.id);
          const isGood = answer.status >= 200 && answer.status < 300;
          const isTheirs = answer.status >= 400 && answer.status < 500 && isProblem(answer);
          if (!isGood && !isTheirs) throw new Error(`${operation.name}: ${answer.status} ${answer.text}`);
        },
      );
      await fc.assert(property, { numRuns: Math.ceil(cases / tested.length) });
    }
    const events = await service.events();
    const inEvents = events.filter(({ type }) => type === 'UserRegistered').map(({ stream }) => stream.slice(5));
    expect(inEvents.slice(1)).toEqual(registered); // the first one is the key's
    expect(service.logged()).not.toContain('Request failed');
  }, 300_000);
});
