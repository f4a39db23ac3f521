import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callIdOf } from '../../src/calls/call.contract.js';
import { eventually } from '../support/eventually.js';
import type { Group, GroupOnPhone } from '../support/groups.js';
import type { Answer } from '../support/http.js';
import { MessagesClient, receivedTexts, shownTexts } from '../support/messages-client.js';
import type { SandboxPhone } from '../support/sandbox-client.js';
import { together, type Scenario } from '../support/scenarios.js';
import { Waybill } from '../support/waybill.js';

type Recorded = {
  readonly type: string;
  readonly data: object;
  readonly metadata: { readonly actor: { kind: string } };
};

let waybill: Waybill;

const eventsIn = async (stream: string): Promise<readonly Recorded[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/${stream}`);
  return (body as { readonly data?: readonly Recorded[] }).data ?? [];
};
const write = (from: SandboxPhone, client: MessagesClient, text: string): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, { to: client.session.phone.number, type: 'text', text });
const text = ({ number }: SandboxPhone, body: string) => ({ to: `+${number}`, type: 'text', text: { body } });

const settings = (): Scenario => {
  let client: MessagesClient;
  const kept = { name: 'Front desk', metadata: { shop: 'Hamburg' } };
  const path = (): string => `/v1/sessions/${client.session.id}`;
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      expect((await client.call(`PATCH ${path()}`, { body: kept })).body).toMatchObject(kept);
    },
    after: async () => expect((await client.call(`GET ${path()}`)).body).toMatchObject(kept),
  };
};

const markedAsRead = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
      await write(friend, client, 'Are you there?');
      const { id } = await eventually(async () => (await client.list({ direction: 'incoming' })).body.data[0] ?? false);
      await client.call(`POST /v1/sessions/${client.session.id}/stop`);
      await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
      expect((await client.call(`POST /v1/messages/${id}/read`)).status).toBe(200);
    },
    after: async () => {
      const status = async () =>
        (await waybill.sandbox.messages<{ readonly status: string }>(friend.number))[0]?.status;
      expect(await status()).toBe('delivered');
      await client.call(`POST /v1/sessions/${client.session.id}/restart`);
      await eventually(async () => (await status()) === 'read');
    },
  };
};

const scheduled = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  let soon: Answer;
  let far: Answer;
  const heard = async () => shownTexts(await waybill.sandbox.messages(friend.number));
  const inMs = (ms: number) => ({ scheduledAt: new Date(Date.now() + ms).toISOString() });
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
      far = await client.post({ ...text(friend, 'much later'), ...inMs(3_600_000) });
    },
    justBefore: async () => (soon = await client.post({ ...text(friend, 'after the restart'), ...inMs(5000) })),
    meanwhile: async () => expect(await heard()).toEqual([]),
    after: async () => {
      await client.until(soon.body.id as string, 'delivered');
      expect((await client.get(far.body.id as string)).status).toBe('scheduled');
      expect(await heard()).toEqual(['after the restart']);
    },
  };
};

const idempotencyKey = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  let first: Answer;
  const post = () => client.post(text(friend, 'kept'), { 'idempotency-key': 'kept' });
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
    },
    justBefore: async () => (first = await post()),
    after: async () => {
      const again = await post();
      expect([again.status, again.body.id, again.headers['idempotent-replayed']]).toEqual([202, first.body.id, 'true']);
    },
  };
};

const quota = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  const post = () => client.post(text(friend, 'counted'));
  return {
    before: async () => {
      client = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: 3 }));
      friend = await waybill.sandbox.newPhone();
    },
    justBefore: async () => {
      for (const status of [202, 202, 202, 429]) expect((await post()).status).toBe(status);
    },
    after: async () => expect((await post()).body).toMatchObject({ status: 429, code: 'daily_quota_exceeded' }),
  };
};

const blocked = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  const onPhone = (verb: 'PUT' | 'DELETE'): Promise<unknown> =>
    waybill.sandbox.ask(`${verb} /phones/${client.session.phone.number}/blocks/${friend.number}`);
  const changes = async (): Promise<readonly string[]> =>
    (await eventsIn(`blocklist-${client.session.id}`)).map(
      ({ type, data, metadata }) =>
        `${type} ${(data as { readonly phoneNumber: string }).phoneNumber} by ${metadata.actor.kind}`,
    );
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
      await write(friend, client, 'hello');
      await eventually(async () => (await receivedTexts(client, friend)).includes('hello'));
      await onPhone('PUT');
      await eventually(async () => (await changes()).length === 1);
    },
    meanwhile: () => onPhone('DELETE'),
    after: async () => {
      await eventually(async () => (await changes()).length === 2);
      const number = `+${friend.number}`;
      expect(await changes()).toEqual([`PersonBlocked ${number} by system`, `PersonUnblocked ${number} by system`]);
    },
  };
};

const groups = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  let ours: Group;
  let theirs: GroupOnPhone;
  let gone: Group;
  const get = async ({ id }: Group): Promise<Group> => (await client.call(`GET /v1/groups/${id}`)).body as Group;
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
      const made = { subject: 'While up', participants: [`+${friend.number}`] };
      ours = (await client.call('POST /v1/groups', { body: made })).body as Group;
      theirs = await waybill.sandbox.ask<GroupOnPhone>(`POST /phones/${friend.number}/groups`, {
        subject: 'Until then',
        participants: [client.session.phone.number],
      });
      gone = await eventually(async () => (await client.call('GET /v1/groups?q=until')).body.data[0] ?? false);
      expect(gone.joined).toBe(true);
    },
    meanwhile: async () => {
      const route = `/phones/${friend.number}/groups` as const;
      await waybill.sandbox.ask(`PATCH ${route}/${ours.chat}`, { subject: 'While down' });
      const removal = { action: 'remove', participants: [client.session.phone.number] };
      await waybill.sandbox.ask(`POST ${route}/${theirs.jid}/participants`, removal);
    },
    after: async () => {
      await eventually(async () => expect(await get(ours)).toMatchObject({ subject: 'While down', joined: true }));
      await eventually(async () => expect(await get(gone)).toMatchObject({ joined: false }));
    },
  };
};

const call = (): Scenario => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  let early: readonly Recorded[];
  let stream: string;
  const ring = async (): Promise<string> => {
    const to = client.session.phone.number;
    const { id } = await waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${friend.number}/calls`, { to });
    return `call-${callIdOf(client.session.id, `+${to}`, id)}`;
  };
  const answers = async () => shownTexts(await waybill.sandbox.messages(friend.number));
  return {
    before: async () => {
      client = await MessagesClient.link(waybill);
      friend = await waybill.sandbox.newPhone();
      const calls = { reject: true, answer: 'We are back soon.' };
      await client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { calls } } });
    },
    meanwhile: async () => (stream = await ring()),
    onceBack: () => eventually(async () => (await eventsIn(stream)).length > 0),
    after: async () => {
      await eventually(async () => (await answers()).length > 0);
      const last = await ring();
      await eventually(async () => (await answers()).length > 1);
      expect(await answers()).toEqual(['We are back soon.', 'We are back soon.']);
      early = await eventsIn(stream);
      expect(early.filter(({ type }) => type === 'CallOffered')).toHaveLength(1);
      await eventually(async () => (await eventsIn(last)).length >= 2);
      expect(await eventsIn(last)).toHaveLength(2);
    },
  };
};

const scenarios = {
  'has the name and the metadata of a session': settings(),
  'marks as read for its sender what was marked while the session was stopped': markedAsRead(),
  'sends a scheduled message that came due meanwhile': scheduled(),
  'remembers an Idempotency-Key': idempotencyKey(),
  'remembers how much of the daily quota is used up': quota(),
  'records whom the phone unblocked meanwhile': blocked(),
  'shows groups that changed meanwhile as they are': groups(),
  'answers a call once that came meanwhile, and at which it was killed again': call(),
};

beforeAll(async () => {
  waybill = await Waybill.start();
  await together(scenarios, 'before');
  await together(scenarios, 'justBefore');
  await waybill.kill();
  await together(scenarios, 'meanwhile');
  await waybill.boot();
  await together(scenarios, 'onceBack');
  await waybill.kill();
  await waybill.boot();
}, 300_000);

afterAll(() => waybill.end());

describe('a service that was killed twice', () => {
  it.each(Object.entries(scenarios))('%s', async (_title, { after }: Scenario) => {
    expect.hasAssertions();
    await after();
  });
});
