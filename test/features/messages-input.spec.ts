import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { newId } from '#lib/ids';
import { NewMessage } from '../../src/messaging/http/send-message.schema.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { TestUser } from '../support/waybill-client.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let other: TestUser;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  other = await waybill.newUser();
  friend = await waybill.sandbox.newPhone();
});

const text = (change: object = {}) => ({ to: `+${friend.number}`, type: 'text', text: { body: 'Hello' }, ...change });

/** How many messages there are: refused ones must leave none behind. */
const count = async () => ((await client.list({ limit: '100' })).body.data as unknown[]).length;

/** The answer to a message that should be refused, and how many messages it made. */
const outcome = async (body: unknown) => {
  const before = await count();
  const { status, body: told, headers } = await client.post(body);
  const isProblem = String(headers['content-type']).startsWith('application/problem+json');
  return { status, code: told?.code as unknown, isProblem, made: (await count()) - before };
};
const refusal = (status: number, code: string) => ({ status, code, isProblem: true, made: 0 });

describe('an invalid message', () => {
  it.each([
    ['not JSON', '{"to":', 'malformed_request'],
    ['not an object', '[]', 'validation_failed'],
    ['null', 'null', 'validation_failed'],
    ['an empty object', '{}', 'validation_failed'],
  ])('is refused: %s', async (_name, body, code) => {
    expect(await outcome(body)).toEqual(refusal(400, code));
  });

  it.each([
    ['an unknown field', { color: 'red' }],
    ['an unknown field within', { text: { body: 'x', color: 'red' } }],
    ['another type', { type: 'carrier-pigeon' }],
    ['a type without its object', { type: 'image' }],
    ['a number for a text', { text: { body: 5 } }],
    ['no text', { text: undefined }],
    ['an empty text', { text: { body: '' } }],
    ['a blank text', { text: { body: ' \n\t' } }],
    ['a text that is too long', { text: { body: 'x'.repeat(65_537) } }],
    ['a zero byte', { text: { body: 'a\u0000b' } }],
    ['control characters', { text: { body: 'a\u001b[31mb' } }],
    ['half a surrogate pair', { text: { body: 'a\ud83d' } }],
    ['an empty recipient', { to: '' }],
    ['a list of recipients', { to: ['+491701234567'] }],
    ['an invalid session id', { sessionId: 'mine' }],
    ['a reply to an invalid id', { replyTo: '1; DROP TABLE messages' }],
    ['a reference with a line break', { reference: 'a\nb' }],
    ['an invalid time', { scheduledAt: 'tomorrow' }],
    ['a day that does not exist', { scheduledAt: '2027-02-30T00:00:00Z' }],
    ['a mention that is no number', { text: { body: '@x', mentions: ['x'] } }],
  ])('is refused: %s', async (_name, change) => {
    expect(await outcome(text(change))).toEqual(refusal(400, 'validation_failed'));
  });

  it('is refused when it is too large, and its sender is told so', async () => {
    for (const megabytes of [13, 30, 60]) {
      const body = 'x'.repeat(megabytes * 1024 * 1024);
      expect(await outcome(text({ text: { body } }))).toEqual(refusal(413, 'too_large'));
    }
  });

  it('is refused when its content type is not JSON', async () => {
    const answer = await client.post('to=+491701234567', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each([
    '12',
    '+1',
    'hello',
    '+49 170 CALL ME',
    '+999999999999999',
    '+491701234567@example.com',
    '@s.whatsapp.net',
    '😀',
    '٠١٢٣٤٥٦٧٨٩',
  ])('is refused when the recipient cannot exist: %s', async (to) => {
    expect(await outcome(text({ to }))).toEqual(refusal(422, 'invalid_recipient'));
  });

  it('is refused as a reply to a message that does not exist or is in another chat', async () => {
    expect(await outcome(text({ replyTo: newId() }))).toEqual(refusal(422, 'reply_to_not_found'));
    const elsewhere = await client.send(await waybill.sandbox.newPhone(), 'elsewhere');
    expect(await outcome(text({ replyTo: elsewhere }))).toEqual(refusal(422, 'reply_to_not_found'));
  });
});

describe('a session to send from', () => {
  it('must exist and belong to the user', async () => {
    expect(await outcome(text({ sessionId: newId() }))).toEqual(refusal(404, 'session_not_found'));
    const theirs = { key: other.key, body: text({ sessionId: client.session.id }) };
    expect((await waybill.call('POST /v1/messages', theirs)).body).toMatchObject({
      status: 404,
      code: 'session_not_found',
    });
  });

  it('must be linked', async () => {
    const nobody = await waybill.newUser();
    const send = (change = {}) => waybill.call('POST /v1/messages', { key: nobody.key, body: text(change) });
    expect((await send()).body).toMatchObject({ status: 422, code: 'session_not_linked' });
    const sessionId = await waybill.newSession(nobody);
    expect((await send({ sessionId })).body).toMatchObject({ status: 422, code: 'session_not_linked' });
    expect((await send()).body).toMatchObject({ status: 422, code: 'session_not_linked' });
  });

  it('must be named where the user has several, and is the only one otherwise', async () => {
    expect((await client.post(text())).body).toMatchObject({ status: 'queued', sessionId: client.session.id });
    const second = await waybill.link(client.session.user);
    expect(await outcome(text())).toEqual(refusal(422, 'session_required'));
    expect((await client.post(text({ sessionId: second.id }))).body.sessionId).toBe(second.id);
    expect((await client.call(`DELETE /v1/sessions/${second.id}`)).status).toBe(204);
  });
});

describe('another user', () => {
  it('can neither see nor change a message', async () => {
    const id = await client.send(friend, 'private');
    const asOther = (route: string) => waybill.call(route, { key: other.key });
    for (const route of [`GET /v1/messages/${id}`, `POST /v1/messages/${id}/cancel`]) {
      expect((await asOther(route)).body).toMatchObject({ status: 404, code: 'message_not_found' });
    }
    for (const query of ['', `?sessionId=${client.session.id}`, `?chat=${friend.number}`, '?q=private']) {
      expect((await asOther(`GET /v1/messages${query}`)).body).toEqual({ data: [], next: null });
    }
  });

  it('may use the same Idempotency-Key', async () => {
    const mine = await client.post(text(), { 'idempotency-key': 'shared' });
    const second = await MessagesClient.link(waybill);
    const theirs = await second.post(text(), { 'idempotency-key': 'shared' });
    expect([mine.status, theirs.status]).toEqual([202, 202]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe('ids of messages', () => {
  it.each(['x', '1', '%00', '..%2f..%2f', "'%20OR%201=1", '0199a3c4-1f00-7000-8000-00000000000g'])(
    'are refused when they are invalid: %s',
    async (id) => {
      for (const route of [`GET /v1/messages/${id}`, `POST /v1/messages/${id}/cancel`]) {
        expect((await client.call(route)).status).toBe(400);
      }
      expect((await waybill.admin(`GET /v1/admin/messages/${id}`)).status).toBe(400);
    },
  );

  it('are not found when there is no such message', async () => {
    expect((await client.call(`GET /v1/messages/${newId()}`)).body.code).toBe('message_not_found');
    expect((await waybill.admin(`GET /v1/admin/messages/${newId()}`)).body.code).toBe('message_not_found');
  });
});

/** Any JSON, and bodies that are nearly valid. */
const anyBody = (): fc.Arbitrary<unknown> => {
  const string = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('text', '', '+491701234567', newId()),
  );
  const value = fc.oneof(string, fc.jsonValue());
  const nearly = fc.record(
    {
      to: fc.oneof(value, fc.constant('+491701234567'), fc.constant('1@g.us')),
      type: fc.oneof(value, fc.constant('text')),
      text: fc.oneof(value, fc.record({ body: value, mentions: value, previewUrl: value }, { requiredKeys: [] })),
      sessionId: fc.oneof(value, fc.uuid()),
      replyTo: fc.oneof(value, fc.uuid()),
      reference: value,
      scheduledAt: fc.oneof(
        value,
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      ),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(fc.jsonValue(), nearly, nearly);
};

describe('any input', () => {
  it('is validated without failing, in 10,000 cases', () => {
    fc.assert(
      fc.property(anyBody(), (body) => {
        const parsed = NewMessage.safeParse(body);
        if (!parsed.success) return parsed.error.issues.length > 0;
        if (parsed.data.type !== 'text') return true;
        const { text: said } = parsed.data;
        return !/\p{Cs}/u.test(said.body) && said.body.trim() !== '' && said.body.length <= 65_536;
      }),
      { numRuns: 10_000 },
    );
  });

  it('is accepted or answered with a 4xx problem, in 300 cases over HTTP', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody(), async (body) => {
        const { status, headers } = await client.post(JSON.stringify(body));
        const isProblem = String(headers['content-type']).startsWith('application/problem+json');
        expect({ body, status, fits: status === 202 || (status >= 400 && status < 500 && isProblem) }).toMatchObject({
          fits: true,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is accepted or refused as a filter, in 300 cases', async () => {
    const names = ['sessionId', 'chat', 'direction', 'status', 'type', 'q', 'from', 'to', 'limit', 'cursor', 'color'];
    const pairs = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'grapheme' })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pairs, async (query) => {
        const { status } = await client.call(`GET /v1/messages?${new URLSearchParams(query).toString()}`);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});
