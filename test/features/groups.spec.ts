import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import { codesIn, groupEventsIn, rolesIn, type Group, type GroupOnPhone } from '../support/groups.js';
import { operations } from '../support/http-operations.js';
import type { Answer } from '../support/http.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;
let other: SandboxPhone;
let document: OpenAPIObject;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

beforeAll(async () => {
  waybill = await sharedWaybill();
  document = (await waybill.call('GET /openapi.json')).body as OpenAPIObject;
  documented = documentedAnswers(document);
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  other = await waybill.sandbox.newPhone({ name: 'Bob' });
}, 240_000);

/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (route: string, body?: unknown, headers = {}): Promise<Answer> => {
  const answer = await client.call(route, { body, headers });
  differences.push(...documented.differences(route, answer));
  return answer;
};
const get = async (id: string): Promise<Group> => (await ask(`GET /v1/groups/${id}`)).body as Group;
const groupsOf = ({ number }: SandboxPhone) =>
  waybill.sandbox.ask<readonly GroupOnPhone[]>(`GET /phones/${number}/groups`);
const rename = ({ number }: SandboxPhone, { chat }: Pick<Group, 'chat'>, subject: string): Promise<unknown> =>
  waybill.sandbox.ask(`PATCH /phones/${number}/groups/${chat}`, { subject });
const removeFrom = (jid: string, by: SandboxPhone, { number }: SandboxPhone): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${by.number}/groups/${jid}/participants`, {
    action: 'remove',
    participants: [number],
  });
const make = async (subject: string, ...participants: readonly string[]): Promise<Group> => {
  const answer = await ask('POST /v1/groups', { subject, participants });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body as Group;
};
const eventsOf = (group: Group) => groupEventsIn(waybill, group);

describe('a group', () => {
  it('is made, with what became of each person, and shown to its members and in the lists', async () => {
    const nobody = await waybill.sandbox.newPhone();
    await waybill.sandbox.ask(`PATCH /phones/${nobody.number}`, { exists: false });
    const made = await make('Parcels for Ada', `+${friend.number}`, `+${nobody.number}`, 'Bob');
    expect(codesIn(made)).toEqual([true, 'not_on_whatsapp', 'invalid_recipient']);
    expect(rolesIn(made)).toEqual({
      [`+${client.session.phone.number}`]: 'owner',
      [`+${friend.number}`]: 'member',
    });
    expect(await groupsOf(friend)).toMatchObject([{ jid: made.chat, subject: 'Parcels for Ada' }]);
    const { results: _results, ...group } = made;
    expect(await get(made.id)).toEqual(group);
    const { participants: _participants, ...summary } = group;
    expect((await ask('GET /v1/groups?q=parcels')).body).toEqual({ data: [summary], next: null });
    expect((await ask('GET /v1/groups?q=nothing')).body).toEqual({ data: [], next: null });
  });

  it('is made and changed without those whose number WhatsApp leaves unanswered, and everybody is looked up first', async () => {
    const silent = await waybill.sandbox.newPhone();
    await waybill.sandbox.ask(`PATCH /phones/${silent.number}`, { lookUpsAnswered: false });
    const made = await make('Half known', `+${silent.number}`, `+${friend.number}`);
    expect(codesIn(made)).toEqual(['not_answered', true]);
    const path = `POST /v1/groups/${made.id}/participants`;
    const changed = await ask(path, { add: [`+${other.number}`], remove: [`+${silent.number}`, `+${friend.number}`] });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      {
        results: [
          { action: 'add', number: `+${other.number}`, ok: true },
          { action: 'remove', number: `+${silent.number}`, ok: false, code: 'not_answered' },
          { action: 'remove', number: `+${friend.number}`, ok: true },
        ],
      },
    ]);
    const roles = { [`+${client.session.phone.number}`]: 'owner', [`+${other.number}`]: 'member' };
    expect(rolesIn(changed.body.group as Group)).toEqual(roles);
    await waybill.sandbox.fault({ kind: 'rate-limit', number: client.session.phone.number });
    const refused = await ask(path, { remove: [`+${other.number}`], add: [`${friend.lid}@lid`] });
    expect(refused.body).toMatchObject({ status: 429, code: 'whatsapp_rate_limited' });
    expect((await groupsOf(friend)).filter(({ jid }) => jid === made.chat)).toEqual([]);
  });

  it('keeps what was done of a change of which a later part is refused, or has no answer', async () => {
    const made = await make('In part', `+${friend.number}`);
    const path = `POST /v1/groups/${made.id}/participants`;
    const { number } = client.session.phone;
    const change = { add: [`+${other.number}`], promote: [`+${friend.number}`], demote: [`+${friend.number}`] };

    await waybill.sandbox.fault({ kind: 'refuse-members', number, action: 'promote', code: 429 });
    const refused = await ask(path, change);
    expect([refused.status, codesIn(refused.body)]).toEqual([200, [true, 'whatsapp_rate_limited', 'not_tried']]);
    const members = { [`+${number}`]: 'owner', [`+${other.number}`]: 'member', [`+${friend.number}`]: 'member' };
    expect(rolesIn((refused.body as { readonly group: Group }).group)).toEqual(members);
    expect(rolesIn(await get(made.id))).toEqual(members);
    await waybill.sandbox.fault({ kind: 'lose-members', number, action: 'promote' });
    const lost = await ask(path, { ...change, add: [`+${number}`] });
    expect([lost.status, codesIn(lost.body)]).toEqual([200, ['in_group_already', 'unconfirmed', 'not_tried']]);
    await eventually(async () => rolesIn(await get(made.id))[`+${friend.number}`] === 'admin');
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
    await waybill.sandbox.fault({ kind: 'refuse-members', number, action: 'demote', code: 403 });
    const nothing = await ask(path, { demote: [`+${friend.number}`] });
    expect(nothing.body).toMatchObject({ status: 403, code: 'group_not_allowed' });
  });

  it('is changed, by us and by others, and each change is on record with its author', async () => {
    const { id, ...made } = await make('Before', `+${friend.number}`);
    const settings = { announce: true, locked: true, approval: true, ephemeralSeconds: 86_400 };
    const change = { subject: 'After', description: 'At seven', settings };
    const changed = await ask(`PATCH /v1/groups/${id}`, change);
    expect([changed.status, changed.body]).toMatchObject([200, change]);
    expect(await get(id)).toMatchObject(change);
    const promoted = await ask(`POST /v1/groups/${id}/participants`, {
      add: [`+${other.number}`, `+${friend.number}`],
      promote: [`+${friend.number}`],
    });
    expect(promoted.body).toMatchObject({
      results: [
        { action: 'add', number: `+${other.number}`, ok: true },
        { action: 'add', number: `+${friend.number}`, ok: false, code: 'in_group_already' },
        { action: 'promote', number: `+${friend.number}`, ok: true },
      ],
    });
    await rename(friend, made, 'By a friend');
    await removeFrom(made.chat, friend, other);
    const shown = await eventually(async () => {
      const group = await get(id);
      return group.subject === 'By a friend' && group.participants.length === 2 && group;
    });
    expect(rolesIn(shown)).toEqual({ [`+${client.session.phone.number}`]: 'owner', [`+${friend.number}`]: 'admin' });
    const events = await eventsOf({ id, ...made });
    const authors = events.map(({ type, data }) => [
      type,
      (data as { readonly by: { readonly phoneNumber: string } }).by.phoneNumber,
    ]);
    expect(authors.filter(([, author]) => author === `+${friend.number}`)).toEqual([
      ['GroupUpdated', `+${friend.number}`],
      ['GroupParticipantsChanged', `+${friend.number}`],
    ]);
  });

  it('gets messages by its chat, and theirs are in it', async () => {
    const made = await make('Talk', `+${friend.number}`);
    const sent = await client.post({ to: made.chat, type: 'text', text: { body: 'hello all' } });
    expect(sent.body).toMatchObject({ chatId: made.id });
    await eventually(async () =>
      (await waybill.sandbox.messages(friend.number)).some(({ text }) => text === 'hello all'),
    );
  });

  it('is left, and then can only be read', async () => {
    const made = await make('Behind us', `+${friend.number}`);
    expect((await ask(`DELETE /v1/groups/${made.id}`)).status).toBe(204);
    expect(await get(made.id)).toMatchObject({ joined: false, participants: [] });
    expect((await ask(`DELETE /v1/groups/${made.id}`)).body).toMatchObject({ code: 'not_in_group' });
    expect((await ask('GET /v1/groups?q=behind')).body).toMatchObject({ data: [] });
    const theirs = await waybill.sandbox.ask<GroupOnPhone>(`POST /phones/${friend.number}/groups`, {
      subject: 'Removed from',
      participants: [client.session.phone.number],
    });
    const found = () =>
      ask('GET /v1/groups?q=removed').then(({ body }) => (body as { readonly data: readonly Group[] }).data);
    const [group] = await eventually(async () => (await found()).length === 1 && (await found()));
    const both = { subject: 'Removed in part', settings: { locked: true } };
    const partly = await ask(`PATCH /v1/groups/${group!.id}`, both);
    expect([partly.status, ...codesIn(partly.body)]).toEqual([403, true, 'group_not_allowed']);
    expect((await get(group!.id)).subject).toBe('Removed in part');
    await removeFrom(theirs.jid, friend, client.session.phone);
    await eventually(async () => !(await get(group!.id)).joined);
  });
});

describe('an invite', () => {
  it('brings people in, directly or after an admin has approved, and is renewed', async () => {
    const made = await make('By invitation', `+${friend.number}`);
    const { invite, url } = (await ask(`GET /v1/groups/${made.id}/invite`)).body as {
      readonly invite: string;
      readonly url: string;
    };
    expect(url).toBe(`https://chat.whatsapp.com/${invite}`);
    const renewed = (await ask(`POST /v1/groups/${made.id}/invite`)).body as { readonly invite: string };
    expect(renewed.invite).not.toBe(invite);
    await ask(`PATCH /v1/groups/${made.id}`, { settings: { approval: true } });
    await waybill.sandbox.ask(`POST /phones/${other.number}/groups/join`, { code: renewed.invite });
    expect((await ask(`GET /v1/groups/${made.id}/requests`)).body).toMatchObject([{ phoneNumber: `+${other.number}` }]);
    const asked = await eventually(
      async () => (await eventsOf(made)).find(({ type }) => type === 'GroupJoinRequested') ?? false,
    );
    expect(asked.data).toMatchObject({ person: { phoneNumber: `+${other.number}` } });
    const answered = await ask(`POST /v1/groups/${made.id}/requests`, { approve: [`+${other.number}`] });
    expect(answered.body).toEqual([{ action: 'approve', number: `+${other.number}`, ok: true }]);
    expect(rolesIn(await get(made.id))).toHaveProperty(`+${other.number}`, 'member');
  });

  it('is followed: the account joins, or waits for an admin', async () => {
    const theirs = await waybill.sandbox.ask<GroupOnPhone>(`POST /phones/${friend.number}/groups`, {
      subject: 'Open',
      participants: [other.number],
    });
    const route = `/phones/${friend.number}/groups/${theirs.jid}` as const;
    const { code } = await waybill.sandbox.ask<{ readonly code: string }>(`POST ${route}/invite`, {});
    const joined = await ask('POST /v1/groups/join', { invite: `https://chat.whatsapp.com/${code}` });
    expect(joined.body).toMatchObject({ status: 'joined', group: { subject: 'Open', joined: true } });
    const closed = await waybill.sandbox.ask<GroupOnPhone>(`POST /phones/${friend.number}/groups`, {
      subject: 'Closed',
      participants: [other.number],
    });
    const closedRoute = `/phones/${friend.number}/groups/${closed.jid}` as const;
    await waybill.sandbox.ask(`PATCH ${closedRoute}`, { settings: { approval: true } });
    const second = await waybill.sandbox.ask<{ readonly code: string }>(`POST ${closedRoute}/invite`, {});
    expect((await ask('POST /v1/groups/join', { invite: second.code })).body).toEqual({
      status: 'approval_pending',
      group: null,
    });
    const approval = { action: 'approve', participants: [client.session.phone.number] };
    await waybill.sandbox.ask(`POST ${closedRoute}/requests`, approval);
    await eventually(async () => (await ask('GET /v1/groups?q=closed')).text.includes('"subject":"Closed"'));
    expect((await ask('POST /v1/groups/join', { invite: 'no-such-code' })).body).toMatchObject({
      status: 422,
      code: 'invite_not_valid',
    });
    expect((await ask('POST /v1/groups/join', { invite: 'https://example.com/x' })).body).toMatchObject({
      code: 'validation_failed',
    });
  });
});

it('a group of another user is not there, and an offline session says so', async () => {
  const made = await make('Mine', `+${friend.number}`);
  const stranger = await waybill.newUser();
  for (const route of [
    `GET /v1/groups/${made.id}`,
    `DELETE /v1/groups/${made.id}`,
    `GET /v1/groups/${made.id}/invite`,
  ]) {
    const answer = await waybill.call(route, { key: stranger.key });
    expect([route, answer.body]).toMatchObject([route, { status: 404, code: 'group_not_found' }]);
  }
  await ask(`POST /v1/sessions/${client.session.id}/stop`);
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
  const refused = await ask('POST /v1/groups', { subject: 'x', participants: [`+${friend.number}`] });
  expect(refused.body).toMatchObject({ status: 409, code: 'session_not_connected' });
});

it('every operation has answered as its documentation says', () => {
  expect(differences).toEqual([]);
  const all = operations(document).map(({ name }) => name);
  expect(all.filter((name) => name.includes('/v1/groups') && !documented.succeeded().has(name))).toEqual([]);
});
