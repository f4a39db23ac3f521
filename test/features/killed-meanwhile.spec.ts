import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import type { Group, GroupOnPhone } from '../support/groups.js';
import type { Answer } from '../support/http.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import type { SandboxPhone } from '../support/sandbox-client.js';
import { Waybill } from '../support/waybill.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(() => waybill.end());

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

describe('a service that is killed meanwhile', () => {
  it('makes a group once for its key', async () => {
    const headers = { 'idempotency-key': 'a-group-once' };
    const body = { subject: 'Once', participants: [`+${friend.number}`] };
    const ask = (): Promise<Answer> => client.call('POST /v1/groups', { body, headers });
    const onPhone = async () =>
      (await waybill.sandbox.ask<readonly GroupOnPhone[]>(`GET /phones/${friend.number}/groups`)).filter(
        ({ subject }) => subject === 'Once',
      );
    const first = ask().catch(() => undefined);
    await eventually(async () => (await onPhone()).length > 0);
    await waybill.kill();
    await first;
    await waybill.boot();
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
    const answers = [await ask(), await ask()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [one, two] = answers.map((answer) => (answer.body as Group).id);
    expect(one).toBe(two);
    expect(await onPhone()).toHaveLength(1);
  });

  it('accepts a batch once with its key, also where it was killed half-way', async () => {
    type Item = { readonly id?: string };
    const bodies = Array.from({ length: 400 }, (_, number) => `Once ${number}`);
    const messages = bodies.map((body) => ({ to: `+${friend.number}`, type: 'text', text: { body } }));
    const post = (part = messages): Promise<Answer> =>
      client.call('POST /v1/messages/batch', { body: { messages: part }, headers: { 'idempotency-key': 'batch' } });
    const itemsOf = ({ body }: Answer): readonly Item[] => (body as { readonly data: readonly Item[] }).data;
    const listed = async (): Promise<number> => {
      const { body } = await client.list({ q: 'Once', limit: '1' });
      return (body as { readonly data: readonly unknown[] }).data.length;
    };
    const first = post().catch(() => undefined);
    await eventually(async () => (await listed()) > 0);
    await waybill.kill();
    await first;
    await waybill.boot();
    const again = await post();
    expect([again.status, itemsOf(again).filter(({ id }) => id !== undefined).length]).toEqual([202, 400]);
    const replayed = await post();
    expect(replayed.headers['idempotent-replayed']).toBe('true');
    expect(replayed.text).toBe(again.text);
    expect(await post(messages.slice(1))).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    await client.until(itemsOf(again)[399]?.id ?? '', 'delivered', 120_000);
    expect(shownTexts(await waybill.sandbox.messages(friend.number))).toEqual(bodies);
  }, 240_000);

  it('counts each vote once, also those that were cast while it was down', async () => {
    type Vote = { readonly option: string; readonly count: number; readonly voters: readonly string[] };
    type Poll = { readonly id: string; readonly poll: { readonly votes: readonly Vote[] } };
    const numberOf = ({ number }: SandboxPhone) => `+${number}`;
    const voters = await Promise.all(Array.from({ length: 8 }, () => waybill.sandbox.newPhone()));
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${friend.number}/groups`, {
      subject: 'Many',
      participants: [client.session.phone, ...voters].map(({ number }) => number),
    });
    const poll = { question: 'When?', options: ['Morning', 'Evening'] };
    const { id } = (await client.post({ to: jid, type: 'poll', poll })).body as Poll;
    const [messageId] = await Promise.all(
      voters.map(({ number }) =>
        eventually(async () => {
          const all = await waybill.sandbox.messages<{ readonly id: string; readonly type: string }>(number);
          return all.find(({ type }) => type === 'poll')?.id ?? false;
        }),
      ),
    );
    const vote = ({ number }: SandboxPhone, option: string) =>
      waybill.sandbox.ask(`POST /phones/${number}/votes`, { messageId, options: [option] });
    const votesOnRecord = async (): Promise<readonly string[]> => {
      type Event = { readonly type: string; readonly data: { readonly changeId: string } };
      const { body } = await waybill.admin(`GET /v1/admin/streams/message-${id}?limit=100`);
      const { data } = body as { readonly data: readonly Event[] };
      return data.flatMap((event) => (event.type === 'PollVoted' ? event.data.changeId : []));
    };
    const shown = ({ poll: { votes } }: Poll) => {
      for (const { count, voters } of votes) expect(count).toBe(voters.length);
      return votes.map(({ option, voters }) => [option, voters.toSorted()]);
    };
    const get = async (): Promise<Poll> => (await client.call(`GET /v1/messages/${id}`)).body as Poll;

    const [some, others] = [voters.slice(0, 5), voters.slice(5)];
    const cast = some.map((voter) => vote(voter, 'Morning'));
    await eventually(async () => (await votesOnRecord()).length > 0);
    await waybill.kill();
    await Promise.all(cast);
    for (const voter of [...others, some[0]!]) await vote(voter, 'Evening');
    await waybill.boot();
    const expected = [
      ['Morning', some.slice(1).map(numberOf).toSorted()],
      ['Evening', [...others, some[0]!].map(numberOf).toSorted()],
    ];
    await eventually(async () => expect(shown(await get())).toEqual(expected));
    const recorded = await votesOnRecord();
    expect(new Set(recorded).size).toBe(recorded.length);
    expect(recorded.length).toBeLessThanOrEqual(9);
    expect(recorded.length).toBeGreaterThanOrEqual(8);
    const list = (await client.list({ chat: jid })).body as { readonly data: readonly Poll[] };
    expect(list.data.map((message) => message.id)).toEqual([id]);
    expect(shown(list.data[0]!)).toEqual(expected);
  });
});
