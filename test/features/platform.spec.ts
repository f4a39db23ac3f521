import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { StoredEvent } from '#lib/event-store';
import { STORES } from '../../src/platform/tokens.js';
import type { Stores } from '../../src/platform/stores.js';
import { eventually } from '../support/eventually.js';
import { startPlatform } from '../support/platform-app.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let app: NestFastifyApplication;
let logged: readonly string[];

beforeAll(async () => {
  directory = await temporaryDirectory();
  ({ app, logged } = await startPlatform(directory.path));
});

afterAll(async () => {
  await app.close();
  await directory.remove();
});

const post = (url: string, payload: object | string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } });
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });

const eventsOf = async (stream: string): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const event of app.get<Stores>(STORES).events.readStream(stream)) events.push(event);
  return events;
};

describe('a request', () => {
  it('keeps its own id, which becomes the correlation id of its events', async () => {
    const answer = await post('/counters/corr', { by: 1 }, { 'x-request-id': 'order-4711' });
    expect(answer.headers['x-request-id']).toBe('order-4711');
    const [event] = await eventsOf('counter-corr');
    expect(event?.metadata).toEqual({
      correlationId: 'order-4711',
      causationId: 'order-4711',
      actor: { kind: 'user', id: 'corr' },
      schemaVersion: 1,
    });
  });

  it.each(['', 'a b', 'x'.repeat(200), 'línea', '"quoted"'])('gets a new id in place of %j', async (id) => {
    const answer = await get('/health/live', { 'x-request-id': id });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a read that follows a write by the same caller', () => {
  it('sees it, every time', async () => {
    for (let total = 1; total <= 200; total += 1) {
      const answer = await post('/counters/own', { by: 1 });
      expect(answer.json()).toMatchObject({ total, bumps: total });
    }
  });
});

describe('commands for one stream at the same time', () => {
  it('are all done, each once', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => post('/counters/race', { by: 2 })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    expect((await eventsOf('counter-race')).map(({ revision }) => revision)).toEqual(answers.map((_, index) => index));
    expect((await post('/counters/race', { by: 0 })).json()).toMatchObject({ total: 30 });
  });
});

describe('an error', () => {
  const problem = (status: number, code: string) => ({
    type: `urn:waybill:problem:${code}`,
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
    requestId: expect.any(String),
  });

  it.each([
    ['not_found', 404],
    ['conflict', 409],
    ['refused', 422],
    ['forbidden', 403],
    ['limited', 429],
  ])('of the domain (%s) is answered as %i with its code', async (how, status) => {
    const answer = await get(`/counters/fail/${how}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toEqual({ ...problem(status, `code_${how}`), detail: 'As asked' });
    expect(answer.json()).toMatchObject({ requestId: answer.headers['x-request-id'] });
  });

  it('of our own tells nothing of our inside, and is logged under the request id', async () => {
    const answer = await get('/counters/fail/bug', { 'x-request-id': 'bug-1' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual(problem(500, 'internal_error'));
    expect(answer.body).not.toContain('hunter2');
    await eventually(() => logged.some((line) => line.includes('bug-1') && line.includes('TypeError')));
  });

  it('in a body names each place', async () => {
    const answer = await post('/counters/x', { by: 'much', note: { text: 7 }, extra: true });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ ...problem(400, 'validation_failed') });
    const { errors } = answer.json<{ errors: { path: string }[] }>();
    expect(errors.map(({ path }) => path)).toEqual(expect.arrayContaining(['by', 'note.text']));
    expect(answer.body).toContain('extra');
  });

  it.each([
    ['no JSON', '{"by":', {}, 400, 'malformed_request'],
    ['an empty body', '', {}, 400, 'validation_failed'],
    [
      'another media type',
      'by=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['more than a megabyte', JSON.stringify({ by: 1, note: { text: 'x'.repeat(1_100_000) } }), {}, 413, 'too_large'],
    ['a list', '[]', {}, 400, 'validation_failed'],
    ['a name from the prototype', '{"by":1,"__proto__":{"x":1}}', {}, 400, 'malformed_request'],
  ])('in the request itself (%s) is a problem', async (_what, payload, headers, status, code) => {
    const answer = await post('/counters/x', payload, headers);
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.statusCode).toBe(status);
    expect(await eventsOf('counter-x')).toEqual([]);
  });

  it('in the address is a problem', async () => {
    const answer = await get('/nowhere');
    expect(answer.json()).toMatchObject(problem(404, 'not_found'));
  });

  it('refuses a command without a trace', async () => {
    const answer = await post('/counters/high', { by: 1001 });
    expect(answer.json()).toMatchObject(problem(422, 'too_high'));
    expect(await eventsOf('counter-high')).toEqual([]);
  });
});

describe('health', () => {
  it('is live and, once all views follow the log, ready', async () => {
    expect((await get('/health/live')).json()).toEqual({ status: 'live' });
    const ready = await eventually(async () => {
      const answer = await get('/health/ready');
      return answer.statusCode === 200 && answer;
    });
    expect(ready.json()).toEqual({
      status: 'ready',
      parts: {
        eventStore: { status: 'up' },
        readModels: { status: 'up' },
        sagaProgress: { status: 'up' },
        vault: { status: 'up' },
        subscriptions: { status: 'up' },
      },
    });
  });
});

describe('a restart', () => {
  it('finds everything as it was', async () => {
    const other = await temporaryDirectory();
    const first = await startPlatform(other.path);
    await first.app.inject({ method: 'POST', url: '/counters/kept', payload: { by: 5 } });
    await first.app.close();
    const second = await startPlatform(other.path);
    const answer = await second.app.inject({ method: 'POST', url: '/counters/kept', payload: { by: 0 } });
    expect(answer.json()).toMatchObject({ total: 5, bumps: 1 });
    await second.app.close();
    await other.remove();
  });
});

describe('the log', () => {
  it('has a line for each answer, with the pattern of the route and nothing that was asked for', async () => {
    await app.inject({ method: 'POST', url: '/counters/private-name?search=private-word', payload: { by: 1 } });
    const line = await eventually(
      () => logged.find((text) => text.includes('"Answered"') && text.includes('POST')) ?? false,
    );
    expect(JSON.parse(line)).toMatchObject({ method: 'POST', route: '/counters/:id', requestId: expect.any(String) });
    expect(logged.join('')).not.toMatch(/private-(name|word)/);
  });
});
