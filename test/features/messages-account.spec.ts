import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;

beforeAll(async () => {
  waybill = await sharedWaybill();
});

const heard = async ({ number }: SandboxPhone) => shownTexts(await waybill.sandbox.messages(number));

const write = (from: SandboxPhone, to: SandboxPhone, text: string) =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, { to: to.number, type: 'text', text });

type Shown = { readonly chatId: string; readonly from: string; readonly to: string; readonly sender: object };

/** The received message with this text, as soon as it is there. */
const received = (client: MessagesClient, body: string): Promise<Shown> =>
  eventually(async () => {
    const { data } = (await client.list({ direction: 'incoming' })).body;
    return (data as readonly (Shown & { text: { body: string } })[]).find(({ text }) => text.body === body) ?? false;
  });

/** Logs a session out and links it to a phone again. */
const relink = async ({ session }: MessagesClient, phone: SandboxPhone): Promise<void> => {
  const { id, user } = session;
  await waybill.call(`POST /v1/sessions/${id}/logout`, { key: user.key });
  await waybill.until(user, id, { status: 'logged_out' });
  await waybill.call(`POST /v1/sessions/${id}/restart`, { key: user.key });
  await waybill.sandbox.scan(phone.number, await waybill.qr(user, id));
  await waybill.until(user, id, { status: 'connected' });
};

const stop = async ({ session: { id, user } }: MessagesClient): Promise<void> => {
  await waybill.call(`POST /v1/sessions/${id}/stop`, { key: user.key });
  await waybill.until(user, id, { status: 'stopped' });
};

describe('a session that is linked to another number', () => {
  let client: MessagesClient;
  let other: SandboxPhone;
  let cara: SandboxPhone;

  beforeAll(async () => {
    client = await MessagesClient.link(waybill);
    other = await waybill.sandbox.newPhone({ name: 'Shop B' });
    cara = await waybill.sandbox.newPhone({ name: 'Cara' });
    await write(cara, other, 'before B was linked');
  });

  it('fails what waits for the former number, and sends what is accepted for the new one', async () => {
    await write(cara, client.session.phone, 'to A');
    const toA = await received(client, 'to A');
    await stop(client);
    const queued = await client.send(cara, 'your order at A');
    const text = { to: `+${cara.number}`, type: 'text', text: { body: 'later, from A' } };
    const scheduled = (await client.post({ ...text, scheduledAt: new Date(Date.now() + 86_400_000).toISOString() }))
      .body as { id: string };
    await relink(client, other);
    for (const id of [queued, scheduled.id]) {
      expect((await client.until(id, 'failed')).error).toMatchObject({ code: 'account_changed', retryable: false });
    }
    const inB = { ...text, text: { body: 'later, from B' } };
    const never = await client.post({ ...inB, scheduledAt: new Date(Date.now() + 86_400_000).toISOString() });
    expect(never.status).toBe(202);
    const fromB = await client.post({ to: `+${cara.number}`, type: 'text', text: { body: 'hello from B' } });
    expect(fromB.body).toMatchObject({ from: `+${other.number}`, to: `+${cara.number}` });
    await client.until(fromB.body.id, 'delivered');
    expect(await heard(cara)).toEqual(['hello from B']);
    await write(cara, other, 'to B');
    const toB = await received(client, 'to B');
    expect(toB.chatId).toBe(fromB.body.chatId);
    expect(toB.chatId).not.toBe(toA.chatId);
    expect([toA.to, toB.to]).toEqual([`+${client.session.phone.number}`, `+${other.number}`]);
  });

  it('keeps the chats of both numbers apart', async () => {
    type Chat = { readonly id: string; readonly unread: number };
    const [ofB, ofA] = (await client.call('GET /v1/chats')).body.data as readonly [Chat, Chat];
    const texts = async ({ id }: Chat): Promise<readonly string[]> => {
      const { data } = (await client.call(`GET /v1/chats/${id}/messages`)).body;
      return (data as readonly { text: { body: string } }[]).map(({ text }) => text.body);
    };
    expect(await texts(ofA)).toEqual(['later, from A', 'your order at A', 'to A']);
    expect(await texts(ofB)).toEqual(['to B', 'hello from B', 'later, from B']);
    expect((await client.call(`POST /v1/chats/${ofB.id}/read`)).body).toMatchObject({ unread: 0 });
    expect((await client.call(`GET /v1/chats/${ofA.id}`)).body).toMatchObject({ unread: 1 });
    const older = ({ id }: Chat) => client.call(`POST /v1/chats/${id}/history`, { body: {} });
    expect((await older(ofB)).status).toBe(202);
    await eventually(async () => (await texts(ofB)).at(-1) === 'before B was linked');
    expect((await older(ofA)).body).toMatchObject({ status: 409, code: 'account_changed' });
  });
});

describe('a session that is linked to the same number again', () => {
  it('sends what waited', async () => {
    const client = await MessagesClient.link(waybill);
    const friend = await waybill.sandbox.newPhone();
    await stop(client);
    const waiting = await client.send(friend, 'still from here');
    await relink(client, client.session.phone);
    await client.until(waiting, 'delivered');
    expect(await heard(friend)).toEqual(['still from here']);
  });
});

describe('a message', () => {
  it('says who wrote it to whom, in the same form in both directions', async () => {
    const client = await MessagesClient.link(waybill);
    const { phone } = client.session;
    const ada = await waybill.sandbox.newPhone({ name: 'Ada' });
    const [account, person] = [`+${phone.number}`, `+${ada.number}`];
    const sent = await client.get(await client.send(ada, 'hello'));
    expect(sent).toMatchObject({ from: account, to: person, sender: { phoneNumber: account } });
    await write(ada, phone, 'hi');
    const lid = `${ada.lid}@lid`;
    expect(await received(client, 'hi')).toMatchObject({
      from: person,
      to: account,
      sender: { phoneNumber: person, lid, name: 'Ada' },
    });
    await write(phone, ada, 'from the phone');
    const own = await eventually(async () => {
      const { data } = (await client.list({ direction: 'outgoing', q: 'phone' })).body;
      return (data as readonly object[])[0] ?? false;
    });
    expect(own).toMatchObject({ from: account, to: person, sender: { phoneNumber: account } });
  });
});
