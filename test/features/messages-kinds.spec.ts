import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

type Kinds = { readonly type: string; readonly [kind: string]: unknown };
type PhoneMessage = {
  readonly id: string;
  readonly direction: string;
  readonly type: string;
  readonly text?: string;
  readonly quoted?: object;
};

/** Sends it, waits until it was read, and answers it as the API shows it and as the phone does. */
const sent = async (message: Kinds): Promise<readonly [Record<string, unknown>, PhoneMessage]> => {
  const answer = await client.post({ to: `+${friend.number}`, sessionId: client.session.id, ...message });
  expect([answer.status, answer.body.type]).toEqual([202, message.type]);
  const shown = await client.until(answer.body.id as string, 'delivered');
  const onPhone = (await waybill.sandbox.messages<PhoneMessage>(friend.number)).findLast(
    ({ direction }) => direction === 'incoming',
  );
  return [shown, onPhone!];
};

/** The friend sends it; answers it as the API shows it. */
const received = async (message: Kinds): Promise<Record<string, unknown>> => {
  const to = client.session.phone.number;
  const before = await newest();
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to, ...message });
  return eventually(async () => {
    const incoming = await newest();
    return incoming?.['id'] !== before?.['id'] && incoming!;
  });
};

const newest = async (): Promise<Record<string, unknown> | undefined> => {
  const { body } = await client.list({ chat: `+${friend.number}`, direction: 'incoming', limit: '1' });
  return (body as { readonly data: readonly Record<string, unknown>[] }).data[0];
};

const idOnPhone = async (said: string): Promise<string> =>
  (await waybill.sandbox.messages<PhoneMessage>(friend.number)).find(({ text }) => text === said)!.id;

const found = async (q: string): Promise<readonly string[]> => {
  const { body } = await client.list({ q });
  return (body as { readonly data: readonly { readonly type: string }[] }).data.map(({ type }) => type);
};

const refusedAt = async (type: string, content: unknown): Promise<readonly string[]> => {
  const answer = await client.post({ to: `+${friend.number}`, type, [type]: content });
  expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  return (answer.body.errors as readonly { readonly path: string }[]).map(({ path }) => path);
};

describe('a location', () => {
  const gate = { latitude: 52.5163, longitude: 13.3777, name: 'Brandenburg Gate', address: 'Pariser Platz, Berlin' };

  it('is sent with its name and address, or without', async () => {
    const [shown, onPhone] = await sent({ type: 'location', location: gate });
    expect(shown).toMatchObject({ type: 'location', location: gate });
    expect(onPhone).toMatchObject({ type: 'location', location: gate });

    const [bare, bareOnPhone] = await sent({ type: 'location', location: { latitude: -1.5, longitude: 0 } });
    expect(bare).toMatchObject({ location: { latitude: -1.5, longitude: 0, name: null, address: null } });
    expect(bareOnPhone).toMatchObject({ location: { latitude: -1.5, longitude: 0 } });
  });

  it('is received, and found by its name in both directions', async () => {
    expect(await received({ type: 'location', location: gate })).toMatchObject({ type: 'location', location: gate });
    await eventually(async () => (await found('Brandenburg')).length === 2);
  });

  it.each([
    [{ latitude: 90.1, longitude: 0 }, ['location.latitude']],
    [{ latitude: 0 }, ['location.longitude']],
    [{ latitude: 0, longitude: 0, name: 'a\nb' }, ['location.name']],
    [{ latitude: 0, longitude: 0, zoom: 3 }, ['location.zoom']],
  ])('is refused where it is none: %j', async (location, paths) => {
    expect(await refusedAt('location', location)).toEqual(paths);
  });
});

describe('a contact', () => {
  const bob = {
    name: 'Bob; "the Builder"',
    phones: [{ number: '+49 170 7654321', label: 'WORK' }],
    emails: ['bob@example.org'],
    organization: 'Bob & Sons, Ltd.',
  };

  it('is sent as the phone needs it to start a chat', async () => {
    const [shown, onPhone] = await sent({ type: 'contact', contact: { contacts: [bob] } });
    expect(shown).toMatchObject({ type: 'contact', contact: { contacts: [bob] } });
    const vcard = expect.stringContaining('TEL;TYPE=WORK;waid=491707654321:+49 170 7654321\r\n');
    expect(onPhone).toMatchObject({ type: 'contact', contact: { name: bob.name, phone: '+49 170 7654321', vcard } });
  });

  it('may be several', async () => {
    const eve = { name: 'Eve', phones: [{ number: '112' }] };
    const [shown, onPhone] = await sent({ type: 'contact', contact: { contacts: [bob, eve] } });
    expect(shown).toMatchObject({ contact: { contacts: [{ name: bob.name }, { name: 'Eve' }] } });
    expect(onPhone).toMatchObject({ contact: { name: bob.name }, otherContacts: [{ name: 'Eve', phone: '112' }] });
  });

  it('may be a vCard, which is sent as it is', async () => {
    const vcard = 'BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nTEL:+49 170 1111111\nX-SHOE:38\nEND:VCARD';
    const [shown, onPhone] = await sent({ type: 'contact', contact: { vcard } });
    expect(shown).toMatchObject({ contact: { contacts: [{ name: 'Carla', vcard }] } });
    expect(onPhone).toMatchObject({ contact: { name: 'Carla', vcard } });
  });

  it('is received, and found by its name', async () => {
    const contact = { name: 'Dora Diaz', phone: '+49 170 2222222' };
    const shown = await received({ type: 'contact', contact });
    expect(shown).toMatchObject({
      type: 'contact',
      contact: { contacts: [{ name: 'Dora Diaz', phones: [{ number: '+49 170 2222222' }] }] },
    });
    await eventually(async () => (await found('Dora')).length === 1);
  });

  it.each([
    [{ contacts: [] }],
    [{ contacts: [{ name: ' ', phones: [] }] }],
    [{ contacts: [{ name: 'Bob', phones: [{ number: 'call me' }] }] }],
    [{ contacts: [{ name: 'Bob', phones: [{ number: '1', label: 'A:B' }] }] }],
    [{ vcard: 'BEGIN:VCARD' }],
    [{ vcard: 'BEGIN:VCARD\nTEL:1\nEND:VCARD' }],
    [{ contacts: [bob], vcard: 'BEGIN:VCARD' }],
    [{ vcard: `BEGIN:VCARD\nFN:${'x'.repeat(2000)}\nEND:VCARD` }],
    [{ vcard: 'BEGIN:VCARD\nFN:Eve\nNOTE:\u0000\nEND:VCARD' }],
    [{ vcard: 'BEGIN:VCARD\nFN:Eve\nNOTE:\ud800\nEND:VCARD' }],
  ])('is refused where it is none: %j', async (contact) => {
    expect((await refusedAt('contact', contact)).length).toBeGreaterThan(0);
  });
});

describe('a poll', () => {
  const poll = { question: 'When shall we deliver?', options: ['Morning', 'Evening'], multiple: true };

  it('is sent with its options; one may be chosen unless it says otherwise', async () => {
    const [shown, onPhone] = await sent({ type: 'poll', poll });
    expect(shown).toMatchObject({ type: 'poll', poll });
    expect(onPhone).toMatchObject({ type: 'poll', poll });

    const [, single] = await sent({ type: 'poll', poll: { question: 'Tea?', options: ['yes', 'no'] } });
    expect(single).toMatchObject({ poll: { multiple: false } });
  });

  it('is received, and found by its question and its options', async () => {
    expect(await received({ type: 'poll', poll })).toMatchObject({ type: 'poll', poll });
    await eventually(async () => (await found('evening')).length === 2);
  });

  it.each([
    [{ question: ' ', options: ['a', 'b'] }, ['poll.question']],
    [{ question: 'Tea?', options: ['a'] }, ['poll.options']],
    [{ question: 'Tea?', options: ['a', 'a'] }, ['poll.options']],
    [{ question: 'Tea?', options: Array.from({ length: 13 }, (_, n) => `${n}`) }, ['poll.options']],
    [{ question: 'Tea?', options: ['a', ''] }, ['poll.options.1']],
  ])('is refused where it is none: %j', async (content, paths) => {
    expect([...new Set(await refusedAt('poll', content))]).toEqual(paths);
  });
});

describe('a reaction', () => {
  const react = (messageId: unknown, emoji: string) => sent({ type: 'reaction', reaction: { messageId, emoji } });

  it('is sent to a message of the friend, replaced, and taken back', async () => {
    const question = await received({ type: 'text', text: { body: 'Shall we?' } });
    const messageId = await idOnPhone('Shall we?');
    for (const emoji of ['👍', '👩🏽‍🚀', '']) {
      const [shown, onPhone] = await react(question['id'], emoji);
      expect(shown).toMatchObject({ type: 'reaction', reaction: { messageId: question['id'], emoji } });
      expect(onPhone).toMatchObject({ type: 'reaction', reaction: { messageId, emoji } });
    }
    const own = `+${client.session.phone.number}`;
    const told = await eventually(async () => {
      const { timeline } = await client.get(question['id'] as string);
      return timeline.length === 4 && timeline.map(({ detail }) => detail);
    });
    expect(told.slice(1)).toEqual([`${own} reacted with 👍.`, `${own} reacted with 👩🏽‍🚀.`, `${own} removed a reaction.`]);
  });

  it('is sent to a message of one’s own', async () => {
    const [own, onPhone] = await sent({ type: 'text', text: { body: 'Done' } });
    const [, reaction] = await react(own['id'], '🎉');
    expect(reaction).toMatchObject({ reaction: { messageId: onPhone.id, emoji: '🎉' } });
  });

  it('is refused to a message that is not there, or of another chat', async () => {
    const other = await waybill.sandbox.newPhone();
    const elsewhere = await client.send(other, 'elsewhere');
    for (const messageId of [elsewhere, '0199a3c4-1f00-7000-8000-0000000000d1']) {
      const answer = await client.post({
        to: `+${friend.number}`,
        type: 'reaction',
        reaction: { messageId, emoji: '👍' },
      });
      expect([answer.status, answer.body.code]).toEqual([422, 'reply_to_not_found']);
    }
  });

  const messageId = '0199a3c4-1f00-7000-8000-0000000000d1';
  it.each([
    [{ messageId, emoji: 'ok' }, ['reaction.emoji']],
    [{ messageId, emoji: '👍👍' }, ['reaction.emoji']],
    [{ messageId: '1', emoji: '👍' }, ['reaction.messageId']],
    [{ emoji: '👍' }, ['reaction.messageId']],
  ])('is refused where it is none: %j', async (reaction, paths) => {
    expect(await refusedAt('reaction', reaction)).toEqual(paths);
  });
});

describe('whatever its kind', () => {
  it('can answer a message, and be answered', async () => {
    const question = await received({ type: 'text', text: { body: 'Where?' } });
    const [place, onPhone] = await sent({
      type: 'location',
      location: { latitude: 1, longitude: 2 },
      replyTo: question['id'],
    });
    expect(place['replyTo']).toEqual(question['id']);
    expect(onPhone).toMatchObject({ replyTo: expect.any(String) });
    const answer = await received({ type: 'text', text: { body: 'Thanks' }, replyTo: onPhone.id });
    expect(answer['replyTo']).toEqual(place['id']);
    const again = await received({ type: 'text', text: { body: 'Really' }, replyTo: await idOnPhone('Where?') });
    expect(again['replyTo']).toEqual(question['id']);
    expect((await client.call(`GET /v1/messages/${String(again['id'])}`)).body.replyTo).toEqual(question['id']);
  });

  it('is shown as what it is above its answer', async () => {
    const reply = async (replyTo: unknown): Promise<object | undefined> => {
      const [, onPhone] = await sent({ type: 'text', text: { body: `So ${String(replyTo)}` }, replyTo });
      return onPhone.quoted;
    };
    const place = await received({ type: 'location', location: { latitude: 1, longitude: 2, name: 'Here' } });
    expect(await reply(place['id'])).toEqual({
      type: 'location',
      location: { latitude: 1, longitude: 2, name: 'Here' },
    });
    const poll = { question: 'Tea?', options: ['yes', 'no'], multiple: false };
    const [asked] = await sent({ type: 'poll', poll });
    expect(await reply(asked['id'])).toEqual({ type: 'poll', poll });
    const image = { data: (await newPicture('jpeg')).toString('base64'), caption: 'The gate' };
    const [photo] = await sent({ type: 'image', image });
    const mimeType = 'image/jpeg';
    expect(await reply(photo['id'])).toMatchObject({ type: 'image', text: 'The gate', media: { mimeType } });
    const [hello] = await sent({ type: 'text', text: { body: 'Hello' } });
    expect(await reply(hello['id'])).toEqual({ type: 'text', text: 'Hello' });
  });
});
