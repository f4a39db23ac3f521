import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callIdOf } from '../../src/calls/call.contract.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Call = { readonly id: string; readonly status: string };
type Recorded = { readonly type: string; readonly data: object };
type OnPhone = { readonly direction: string; readonly text?: string };

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
}, 240_000);

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

const call = (more: object = {}): Promise<Call> =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/calls`, { to: client.session.phone.number, ...more });

const end = ({ id }: Call, body: object = {}): Promise<Call> =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/calls/${id}/end`, body);

const statusOf = async ({ id }: Call): Promise<string | undefined> =>
  (await waybill.sandbox.ask<readonly Call[]>(`GET /phones/${friend.number}/calls`)).find((each) => each.id === id)
    ?.status;

const configure = async (calls: object): Promise<void> => {
  const answer = await client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { calls } } });
  expect(answer.body).toMatchObject({ settings: { calls } });
};

const recorded = async ({ id }: Call): Promise<readonly Recorded[]> => {
  const callId = callIdOf(client.session.id, `+${client.session.phone.number}`, id);
  const { body } = await waybill.admin(`GET /v1/admin/streams/call-${callId}`);
  return (body as { readonly data?: readonly Recorded[] }).data ?? [];
};

/** What is on record of a call, once it is as much. */
const events = (of: Call, count: number): Promise<readonly Recorded[]> =>
  eventually(async () => {
    const all = await recorded(of);
    return all.length >= count && all;
  });

const answers = async (): Promise<readonly (string | undefined)[]> =>
  (await waybill.sandbox.messages<OnPhone>(friend.number))
    .filter(({ direction }) => direction === 'incoming')
    .map(({ text }) => text);

describe('a call', () => {
  it('is on record, and how it ended', async () => {
    await configure({ reject: false, answer: null });
    const missed = await call({ video: true });
    await events(missed, 1);
    await end(missed, { reason: 'timeout' });
    expect(await events(missed, 2)).toMatchObject([
      {
        type: 'CallOffered',
        data: {
          sessionId: client.session.id,
          userId: client.session.user.id,
          caller: { phoneNumber: `+${friend.number}` },
          isVideo: true,
          isGroup: false,
        },
      },
      { type: 'CallEnded', data: { outcome: 'missed', reason: 'timeout' } },
    ]);
    const hungUp = await call({ addressing: 'lid' });
    await end(hungUp);
    expect(await events(hungUp, 2)).toMatchObject([
      { data: { caller: { phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` }, isVideo: false } },
      { data: { outcome: 'ended', reason: null } },
    ]);
    expect(await statusOf(missed)).toBe('ended');
    expect(await answers()).toEqual([]);
    expect((await client.list({ chat: `+${friend.number}` })).body.data).toEqual([]);
  });

  it('is rejected where the session says so, and its caller gets the answer', async () => {
    await configure({ reject: true, answer: 'Please write to us.' });
    const rejected = await call();
    await eventually(async () => (await statusOf(rejected)) === 'rejected');
    expect(await events(rejected, 2)).toMatchObject([
      { type: 'CallOffered', data: { isToBeRejected: true } },
      { type: 'CallEnded', data: { outcome: 'rejected_here' } },
    ]);
    await eventually(async () => (await answers()).length > 0);
    const next = await call({ addressing: 'lid' });
    await eventually(async () => (await statusOf(next)) === 'rejected');
    await eventually(async () => (await answers()).length > 1);
    expect(await answers()).toEqual(['Please write to us.', 'Please write to us.']);
  });

  it('of somebody whom the session ignores is not on record', async () => {
    const ignore = { settings: { ignore: [`+${friend.number}`] } };
    await client.call(`PATCH /v1/sessions/${client.session.id}`, { body: ignore });
    const ignored = await call();
    friend = await waybill.sandbox.newPhone({ name: 'Ben' });
    const other = await call();
    await events(other, 1);
    expect(await recorded(ignored)).toEqual([]);
  });
});
