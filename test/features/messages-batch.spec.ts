import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
});

afterAll(() => waybill.end());

type Item = { readonly index: number; readonly id?: string; readonly error?: { readonly code: string } };

const text = (to: SandboxPhone, body: string) => ({ to: `+${to.number}`, type: 'text', text: { body } });
const post = (messages: readonly unknown[], key?: string, from = client): Promise<Answer> =>
  from.call('POST /v1/messages/batch', { body: { messages }, ...(key && { headers: { 'idempotency-key': key } }) });
const itemsOf = ({ body }: Answer): readonly Item[] => (body as { readonly data: readonly Item[] }).data;
const shownTo = async (phone: SandboxPhone): Promise<readonly string[]> =>
  shownTexts(await waybill.sandbox.messages(phone.number));
const numbered = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `${what} ${number}`);

describe('a batch of messages', () => {
  it('is sent in its order to each person, and says which message was refused and why', async () => {
    const toAda = numbered('Ada', 40);
    const toBob = numbered('Bob', 40);
    const good = toAda.flatMap((body, index) => [{ ...text(ada, body), replyTo: null }, text(bob, toBob[index] ?? '')]);
    const bad = [
      { ...text(ada, 'Nobody'), to: 'nobody' },
      { ...text(ada, 'Coloured'), color: 'red' },
      'Hello',
      { ...text(ada, 'Yesterday'), scheduledAt: '2020-01-01T00:00:00Z' },
      { ...text(ada, 'No text'), to: { toString: 0 } },
    ];
    const answer = await post([...good, ...bad]);
    expect([answer.status, answer.headers['x-quota-limit']]).toEqual([202, '1000000']);
    const items = itemsOf(answer);
    expect(items.map(({ index }) => index)).toEqual(Array.from({ length: 85 }, (_, index) => index));
    expect(items.slice(0, 80).every(({ id, error }) => id !== undefined && error === undefined)).toBe(true);
    expect(items.slice(80).map(({ error }) => error)).toEqual([
      expect.objectContaining({ status: 422, code: 'invalid_recipient' }),
      expect.objectContaining({
        code: 'validation_failed',
        errors: [{ path: 'color', message: 'There is no such field' }],
      }),
      expect.objectContaining({ status: 400, code: 'validation_failed' }),
      expect.objectContaining({ status: 422, code: 'scheduled_in_the_past' }),
      expect.objectContaining({ code: 'validation_failed', errors: [{ path: 'to', message: 'Must be text' }] }),
    ]);
    await client.until(items[79]?.id ?? '', 'delivered');
    await eventually(async () => (await shownTo(ada)).length === 40);
    expect(await shownTo(ada)).toEqual(toAda);
    expect(await shownTo(bob)).toEqual(toBob);
  });

  it('is refused as a whole where it is none', async () => {
    expect(await post([])).toMatchObject({ status: 400, body: { errors: [{ path: 'messages' }] } });
    expect((await post(Array.from({ length: 1001 }, () => text(ada, 'x')))).status).toBe(400);
  });

  it('is accepted up to the daily quota', async () => {
    const limited = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: 5 }));
    const answer = await post(
      numbered('Counted', 8).map((body) => text(bob, body)),
      undefined,
      limited,
    );
    const codes = itemsOf(answer).map(({ error }) => error?.code);
    expect(codes.filter((code) => code === undefined)).toHaveLength(5);
    expect(codes.filter((code) => code === 'daily_quota_exceeded')).toHaveLength(3);
    expect(answer.headers['x-quota-remaining']).toBe('0');
  });

  it('is accepted once with its key, also where the service was killed half-way', async () => {
    const bodies = numbered('Once', 400);
    const messages = bodies.map((body) => text(ada, body));
    const listed = async (): Promise<number> => {
      const { body } = await client.list({ q: 'Once', limit: '1' });
      return (body as { readonly data: readonly unknown[] }).data.length;
    };
    const first = post(messages, 'batch').catch(() => undefined);
    await eventually(async () => (await listed()) > 0);
    await waybill.kill();
    await first;
    await waybill.boot();
    const again = await post(messages, 'batch');
    expect([again.status, itemsOf(again).filter(({ id }) => id !== undefined).length]).toEqual([202, 400]);
    const replayed = await post(messages, 'batch');
    expect(replayed.headers['idempotent-replayed']).toBe('true');
    expect(replayed.text).toBe(again.text);
    expect(await post(messages.slice(1), 'batch')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused' },
    });
    await client.until(itemsOf(again)[399]?.id ?? '', 'delivered', 120_000);
    const shown = (await shownTo(ada)).filter((body) => body.startsWith('Once'));
    expect(shown).toEqual(bodies);
  }, 240_000);
});
