import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;

type Chat = { readonly id: string; readonly phoneNumber: string | null; readonly name: string | null };
type Received = { readonly sender: object; readonly text?: { readonly body: string } };

const save = ({ number }: SandboxPhone, name: string) =>
  waybill.sandbox.ask(`PUT /phones/${client.session.phone.number}/contacts/${number}`, { name });
const say = (from: SandboxPhone, text: string, more: object = {}) =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text,
    ...more,
  });
const chats = async (query = ''): Promise<readonly Chat[]> =>
  ((await client.call(`GET /v1/chats${query}`)).body as { readonly data: readonly Chat[] }).data;
const chatNamed = (name: string): Promise<Chat> =>
  eventually(async () => (await chats()).find((chat) => chat.name === name) ?? false);
/** Who wrote a message, once it is there. */
const senderOf = (body: string): Promise<object> =>
  eventually(async () => {
    const found = (await client.list({})).body.data as readonly Received[];
    return found.find(({ text }) => text?.body === body)?.sender ?? false;
  });

beforeAll(async () => {
  waybill = await Waybill.start();
  const phone = await waybill.sandbox.newPhone({ name: 'Parcel shop' });
  ada = await waybill.sandbox.newPhone({ name: 'ada ✨' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
  await waybill.sandbox.ask(`PUT /phones/${phone.number}/contacts/${ada.number}`, { name: 'Ada Lovelace' });
  client = await MessagesClient.link(waybill, undefined, phone);
}, 240_000);

afterAll(() => waybill.end());

describe('what people are called', () => {
  it('is what the address book of the account calls them, also where it did before the session was linked', async () => {
    await say(ada, 'from Ada');
    expect(await senderOf('from Ada')).toMatchObject({ phoneNumber: `+${ada.number}` });
    const chat = await chatNamed('Ada Lovelace');
    expect(chat.phoneNumber).toBe(`+${ada.number}`);
    expect(await senderOf('from Ada')).toMatchObject({ name: 'Ada Lovelace' });
    expect(await chats('?q=lovelace')).toMatchObject([{ id: chat.id }]);
  });

  it('is what they call themselves until they are in the address book, and when they are not any more', async () => {
    await say(bob, 'from Bob');
    const { id } = await chatNamed('Bob');
    await save(bob, 'Bob from next door');
    expect(await chatNamed('Bob from next door')).toMatchObject({ id });
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { name: 'Robert' });
    await say(bob, 'still Bob');
    expect(await senderOf('still Bob')).toMatchObject({ name: 'Bob from next door' });
    await save(bob, '');
    expect(await chatNamed('Robert')).toMatchObject({ id });
  });

  it('is known in groups: of the participants, and of those who write', async () => {
    const cara = await waybill.sandbox.newPhone({ name: 'Cara' });
    const participants = [ada, cara].map(({ number }) => `+${number}`);
    const made = await client.call('POST /v1/groups', { body: { subject: 'Walkers', participants } });
    const group = made.body as { readonly id: string; readonly chat: string };
    await say(cara, 'to all', { to: group.chat });
    await eventually(async () => {
      const { body } = await client.call(`GET /v1/groups/${group.id}`);
      const names = (body as { readonly participants: readonly Chat[] }).participants.map(({ name }) => name);
      return names.includes('Ada Lovelace') && names.includes('Cara');
    });
    expect(await senderOf('to all')).toMatchObject({ phoneNumber: `+${cara.number}`, name: 'Cara' });
    expect((await chats()).map(({ name }) => name)).not.toContain('Cara'); // nobody wrote to her alone
  });

  it('changes while the session is away, and is the same in views that are made anew', async () => {
    const sessionRoute = `/v1/sessions/${client.session.id}`;
    await client.call(`POST ${sessionRoute}/stop`);
    await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
    await save(ada, 'Countess Lovelace');
    await client.call(`POST ${sessionRoute}/restart`);
    const { id } = await chatNamed('Countess Lovelace');
    await waybill.shutDown();
    await waybill.deleteViews();
    await waybill.boot();
    await eventually(async () => (await chats().catch(() => [])).find((chat) => chat.id === id)?.name, 60_000);
    expect(await chatNamed('Countess Lovelace')).toMatchObject({ id });
    const { body } = await waybill.admin(`GET /v1/admin/streams/person-${id}`);
    const named = (body as { readonly data: readonly { readonly data: object }[] }).data.map(({ data }) => data);
    expect(named).toHaveLength(3);
    expect(named[0]).not.toMatchObject({ savedName: 'Ada Lovelace', pushName: 'ada ✨' }); // one of both was known first
    expect(named.slice(1)).toMatchObject([
      { savedName: 'Ada Lovelace', pushName: 'ada ✨' },
      { savedName: 'Countess Lovelace', pushName: 'ada ✨' },
    ]);
  });
});
