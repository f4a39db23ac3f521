import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
});

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
});
