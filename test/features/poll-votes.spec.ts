import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Poll = {
  readonly id: string;
  readonly type: string;
  readonly chatId: string;
  readonly poll: {
    readonly votes: readonly { readonly option: string; readonly count: number; readonly voters: readonly string[] }[];
  };
  readonly timeline: readonly { readonly event: string; readonly detail: string }[];
};
type OnPhone = { readonly id: string; readonly type: string };

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;
let other: SandboxPhone;
let owner: SandboxPhone;

const poll = { question: 'When?', options: ['Morning', 'Evening', 'Never'] };

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  owner = client.session.phone;
}, 240_000);

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  other = await waybill.sandbox.newPhone({ name: 'Ben' });
});

/** Sends a poll from the session; answers its ids here and on phones. */
const sendPoll = async (to: string, more: object = {}) => {
  const sent = await client.post({ to, type: 'poll', poll: { ...poll, ...more } });
  const id = (sent.body as { readonly id: string }).id;
  await client.until(id, 'sent');
  return id;
};

const onPhone = (phone: SandboxPhone, having: (message: OnPhone) => boolean): Promise<string> =>
  eventually(async () => (await waybill.sandbox.messages<OnPhone>(phone.number)).find(having)?.id ?? false);
const isPoll = ({ type }: OnPhone): boolean => type === 'poll';

const vote = (phone: SandboxPhone, messageId: string, options: readonly string[], more: object = {}) =>
  waybill.sandbox.ask<OnPhone>(`POST /phones/${phone.number}/votes`, { messageId, options, ...more });

const post = (phone: SandboxPhone, body: object): Promise<OnPhone> =>
  waybill.sandbox.ask(`POST /phones/${phone.number}/messages`, { to: owner.number, ...body });

const get = async (id: string): Promise<Poll> => (await client.call(`GET /v1/messages/${id}`)).body as Poll;

/** The voters for each option. */
const votersOf = ({ poll: { votes } }: Poll): object => {
  for (const { count, voters } of votes) expect(count).toBe(voters.length);
  return Object.fromEntries(votes.map(({ option, voters }) => [option, [...voters].toSorted()]));
};

/** The poll once these numbers have voted for each option, and nobody else. */
const until = async (id: string, expected: Readonly<Record<string, readonly SandboxPhone[]>>): Promise<Poll> => {
  const none = { Morning: [], Evening: [], Never: [] };
  const chosen = Object.entries(expected).map(([option, phones]) => [
    option,
    phones.map(({ number }) => `+${number}`).toSorted(),
  ]);
  const wanted = { ...none, ...Object.fromEntries(chosen) };
  let shown: object = {};
  try {
    return await eventually(async () => {
      const message = await get(id);
      shown = votersOf(message);
      return JSON.stringify(shown) === JSON.stringify(wanted) && message;
    });
  } catch (error) {
    throw new Error(`The votes are ${JSON.stringify(shown)} and not ${JSON.stringify(wanted)}`, { cause: error });
  }
};

/** The poll that a phone has sent, as it is recorded. */
const received = (from: SandboxPhone): Promise<Poll> =>
  eventually(async () => {
    const list = (await client.list({ chat: `+${from.number}`, type: 'poll' })).body as { readonly data: Poll[] };
    return list.data[0] ?? false;
  });

const votesOnRecord = async (id: string): Promise<readonly { readonly changeId: string }[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/message-${id}?limit=100`);
  const { data } = body as { readonly data: readonly { readonly type: string; readonly data: { changeId: string } }[] };
  return data.flatMap(({ type, data: { changeId } }) => (type === 'PollVoted' ? [{ changeId }] : []));
};

describe('a poll that was sent to a person', () => {
  it('shows their vote, the one that replaces it, and that it was withdrawn; none of them is a message', async () => {
    const id = await sendPoll(`+${friend.number}`);
    const onTheirs = await onPhone(friend, isPoll);
    expect(votersOf(await get(id))).toEqual({ Morning: [], Evening: [], Never: [] });
    await vote(friend, onTheirs, ['Morning']);
    const { chatId } = await until(id, { Morning: [friend] });
    await vote(friend, onTheirs, ['Evening']);
    await until(id, { Evening: [friend] });
    await vote(friend, onTheirs, []);
    const { timeline } = await until(id, {});
    expect(timeline.filter(({ event }) => event === 'poll_vote').map(({ detail }) => detail)).toEqual([
      `+${friend.number} voted for “Morning”.`,
      `+${friend.number} voted for “Evening”.`,
      `+${friend.number} withdrew their vote.`,
    ]);
    const list = await client.list({ chat: `+${friend.number}` });
    expect(list.body.data).toMatchObject([{ id, poll: { question: 'When?' } }]);
    expect((await client.call(`GET /v1/chats/${chatId}`)).body).toMatchObject({ unread: 0, lastMessage: { id } });
  });

  it('shows votes for several options, where that is allowed, and those that WhatsApp addresses by LID', async () => {
    const id = await sendPoll(`+${friend.number}`, { multiple: true });
    const onTheirs = await onPhone(friend, isPoll);
    await vote(friend, onTheirs, ['Morning', 'Never'], { addressing: 'lid' });
    await until(id, { Morning: [friend], Never: [friend] });
    await vote(friend, onTheirs, ['Evening'], { addressing: 'pn' });
    await until(id, { Evening: [friend] });
    expect(await votesOnRecord(id)).toHaveLength(2);
  });

  it('shows the vote of the account’s owner', async () => {
    const id = await sendPoll(`+${friend.number}`);
    const onTheirs = await onPhone(friend, isPoll);
    await vote(owner, onTheirs, ['Never']);
    await until(id, { Never: [owner] });
    expect(await votesOnRecord(id)).toHaveLength(1);
  });
});

describe('a poll that came from a person', () => {
  it('shows the votes of both, and is one unread message', async () => {
    const { id: onTheirs } = await post(friend, { type: 'poll', poll });
    const { id, chatId } = await received(friend);
    await vote(friend, onTheirs, ['Morning']);
    await until(id, { Morning: [friend] });
    await onPhone(owner, (message) => message.id === onTheirs);
    await vote(owner, onTheirs, ['Morning']);
    await until(id, { Morning: [friend, owner] });
    expect((await client.call(`GET /v1/chats/${chatId}`)).body).toMatchObject({ unread: 1, lastMessage: { id } });
  });

  it('shows votes that came before it, or before it could be read, and of those the last', async () => {
    const { id: early } = await post(friend, { type: 'poll', poll, delivery: 'withheld' });
    const late = await vote(friend, early, ['Morning'], { delivery: 'withheld' });
    await vote(friend, early, ['Never']);
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${late.id}/resend`, {});
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${early}/resend`, {});
    await until((await received(friend)).id, { Never: [friend] });

    const { id: unread } = await post(other, { type: 'poll', poll, delivery: 'undecryptable' });
    await vote(other, unread, ['Evening']);
    await eventually(async () => {
      const list = (await client.list({ chat: `+${other.number}` })).body as { readonly data: readonly Poll[] };
      const [message] = list.data;
      return message !== undefined && (await get(message.id)).timeline.some(({ event }) => event === 'change_awaited');
    });
    await waybill.sandbox.ask(`POST /phones/${other.number}/messages/${unread}/resend`, {});
    await until((await received(other)).id, { Evening: [other] });
  });
});

describe('a poll in a group', () => {
  it.each(['lid', 'pn'])('that addresses its members by %s shows the votes of each', async (addressing) => {
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${friend.number}/groups`, {
      subject: 'Choices',
      participants: [other.number, owner.number],
      addressing,
    });
    const own = await sendPoll(jid, { multiple: true });
    const onPhones = await onPhone(friend, isPoll);
    await onPhone(other, isPoll);
    await onPhone(owner, ({ id }) => id === onPhones);
    await vote(friend, onPhones, ['Morning', 'Evening']);
    await vote(other, onPhones, ['Evening']);
    await vote(owner, onPhones, ['Never']);
    await until(own, { Morning: [friend], Evening: [friend, other], Never: [owner] });

    const { id: theirs } = await post(friend, { to: jid, type: 'poll', poll });
    await onPhone(other, ({ id }) => id === theirs);
    await vote(other, theirs, ['Never']);
    await vote(friend, theirs, ['Morning']);
    const { id } = await eventually(async () => {
      const list = (await client.list({ chat: jid, direction: 'incoming' })).body as { readonly data: Poll[] };
      return list.data[0] ?? false;
    });
    await until(id, { Morning: [friend], Never: [other] });
  });
});

describe('a vote in a group that cannot be read at first', () => {
  it.each(['lid', 'pn'])('counts once it is sent again, or the phone tells what it says (%s)', async (addressing) => {
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${friend.number}/groups`, {
      subject: 'Choices',
      participants: [other.number, owner.number],
      addressing,
    });
    const own = await sendPoll(jid);
    const onPhones = await onPhone(friend, isPoll);
    await onPhone(other, isPoll);
    const lost = await vote(friend, onPhones, ['Morning'], { delivery: 'undecryptable' });
    await vote(other, onPhones, ['Evening'], { delivery: 'unavailable' });
    await until(own, { Evening: [other] });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${lost.id}/resend`, {});
    await until(own, { Morning: [friend], Evening: [other] });

    const { id: theirs } = await post(friend, { to: jid, type: 'poll', poll });
    await onPhone(other, ({ id }) => id === theirs);
    const late = await vote(other, theirs, ['Never'], { delivery: 'undecryptable' });
    await vote(friend, theirs, ['Morning'], { delivery: 'unavailable' });
    const { id } = await eventually(async () => {
      const list = (await client.list({ chat: jid, direction: 'incoming' })).body as { readonly data: Poll[] };
      return list.data[0] ?? false;
    });
    await until(id, { Morning: [friend] });
    await waybill.sandbox.ask(`POST /phones/${other.number}/messages/${late.id}/resend`, {});
    await until(id, { Morning: [friend], Never: [other] });
  });
});

describe('each vote counts once', () => {
  it('also where it comes again after a later one', async () => {
    const id = await sendPoll(`+${friend.number}`);
    const onTheirs = await onPhone(friend, isPoll);
    const first = await vote(friend, onTheirs, ['Morning']);
    await until(id, { Morning: [friend] });
    const second = await vote(friend, onTheirs, ['Evening']);
    await until(id, { Evening: [friend] });
    const sentAt = new Date(Date.now() + 4000).toISOString();
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${first.id}/resend`, { sentAt });
    const third = await vote(friend, onTheirs, ['Never']);
    await until(id, { Never: [friend] });
    expect(await votesOnRecord(id)).toEqual([first, second, third].map((each) => ({ changeId: each.id })));
  });
});
