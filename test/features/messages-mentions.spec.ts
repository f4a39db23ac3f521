import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;
let group: string;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
  group = await newGroup('lid');
}, 240_000);

afterAll(() => waybill.end());

type OnPhone = {
  readonly id: string;
  readonly direction: string;
  readonly text?: string;
  readonly mentions?: readonly string[];
};
type Shown = { readonly id: string; readonly [field: string]: unknown };

/** A group of Ada’s with the account and Bob, which addresses them in one of the two ways. */
const newGroup = async (addressing: 'lid' | 'pn'): Promise<string> => {
  const participants = [client.session.phone.number, bob.number];
  const body = { subject: `By ${addressing}`, participants, addressing };
  const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${ada.number}/groups`, body);
  await eventually(async () => {
    const groups = (await client.call('GET /v1/groups')).body as {
      readonly data: readonly { readonly chat: string }[];
    };
    return groups.data.some(({ chat }) => chat === jid);
  });
  return jid;
};

const post = (content: object, to = group) => client.post({ to, type: 'text', ...content });

const accepted = async (content: object, to = group): Promise<Shown> => {
  const { status, text, body } = await post(content, to);
  expect([status, text]).toEqual([202, expect.any(String)]);
  return body as Shown;
};

const onPhone = (phone: SandboxPhone, text: string): Promise<OnPhone> =>
  eventually(async () => {
    const messages = await waybill.sandbox.messages<OnPhone>(phone.number);
    return messages.findLast((each) => each.direction === 'incoming' && each.text === text) ?? false;
  });

const says = (phone: SandboxPhone, message: object): Promise<{ readonly id: string }> =>
  waybill.sandbox.ask(`POST /phones/${phone.number}/messages`, { to: group, addressing: 'lid', ...message });

/** A message that the session has received, once it shows what it should. */
const received = (q: string, isAsItShould: (message: Shown) => boolean = () => true): Promise<Shown> =>
  eventually(async () => {
    const { data } = (await client.list({ q, direction: 'incoming' })).body as { readonly data: readonly Shown[] };
    return data.find(isAsItShould) ?? false;
  });

const eventsOf = async ({ id }: Shown): Promise<readonly { readonly type: string; readonly data: object }[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/message-${id}`);
  return (body as { readonly data: readonly { readonly type: string; readonly data: object }[] }).data;
};

describe('a message to a group', () => {
  it.each(['lid', 'pn'] as const)('mentions people as the group addresses them: by %s', async (addressing) => {
    const to = addressing === 'lid' ? group : await newGroup('pn');
    const body = `@${bob.number} and @${ada.lid}, see you ${addressing}`;
    const text = { body, mentions: [`+${bob.number}`, `${ada.lid}@lid`] };
    const message = await accepted({ text }, to);
    expect(message['text']).toEqual(text);
    const { mentions } = await onPhone(ada, body);
    expect(mentions).toEqual(addressing === 'lid' ? [bob.lid, ada.lid] : [bob.number, ada.number]);
    const [queued] = await eventsOf(message);
    expect(queued).toMatchObject({ type: 'MessageQueued', data: { content: text } });
  });

  it('mentions everybody who is in the group when it is sent, and asks WhatsApp nothing for that', async () => {
    const carl = await waybill.sandbox.newPhone({ name: 'Carl' });
    await waybill.sandbox.ask(`POST /phones/${ada.number}/groups/${group}/participants`, {
      action: 'add',
      participants: [carl.number],
    });
    await eventually(async () => {
      const { data } = (await client.call('GET /v1/groups?q=lid')).body as {
        readonly data: readonly { readonly id: string }[];
      };
      const one = (await client.call(`GET /v1/groups/${data[0]?.id}`)).body as {
        readonly participants: readonly object[];
      };
      return one.participants.length === 4;
    });
    const questions = await questionsAboutGroups();
    const text = { body: 'Everybody: lunch!', mentionAll: true };
    expect((await accepted({ text }))['text']).toEqual(text);
    const { mentions } = await onPhone(bob, text.body);
    const everybody = [ada, bob, carl, await waybill.sandbox.phone(client.session.phone.number)];
    expect([...(mentions ?? [])].sort()).toEqual(everybody.map(({ lid }) => lid).sort());
    expect(await questionsAboutGroups()).toBe(questions);
  });

  it('mentions people in the words beside a file', async () => {
    const data = (await sampleFiles.image()).toString('base64');
    const image = { data, caption: 'Look, Bob', mentions: [`+${bob.number}`], mentionAll: false };
    const message = await accepted({ type: 'image', image });
    expect(message['image']).toMatchObject({ caption: image.caption, mentions: image.mentions });
    expect((await onPhone(ada, image.caption)).mentions).toEqual([bob.lid]);
  });

  it('mentions whom it is edited to mention, everybody too', async () => {
    const { id } = await accepted({ text: { body: 'to be edited' } });
    await client.until(id, 'delivered');
    const edits = [
      [{ body: 'edited for Bob', mentions: [`+${bob.number}`] }, [bob.lid]],
      [{ body: 'edited for all', mentionAll: true }, expect.arrayContaining([ada.lid, bob.lid])],
    ] as const;
    for (const [text, mentions] of edits) {
      expect((await client.call(`PATCH /v1/messages/${id}`, { body: { text } })).status).toBe(202);
      expect((await onPhone(ada, text.body)).mentions).toEqual(mentions);
      const shown = await eventually(async () => {
        const message = (await client.get(id)) as unknown as { readonly text: { readonly body: string } };
        return message.text.body === text.body && message;
      });
      expect(shown.text).toEqual(text);
    }
  });
});

describe('everybody', () => {
  it('is not mentioned where there is no group', async () => {
    const text = { body: 'All?', mentionAll: true };
    for (const content of [
      { text },
      { type: 'document', document: { data: 'YQ==', caption: 'All?', mentionAll: true } },
    ]) {
      expect((await post(content, `+${ada.number}`)).body).toMatchObject({
        status: 422,
        code: 'mention_all_needs_group',
      });
    }
    const { id } = await accepted({ text: { body: 'Only you' } }, `+${ada.number}`);
    await client.until(id, 'sent');
    const edited = await client.call(`PATCH /v1/messages/${id}`, { body: { text } });
    expect(edited.body).toMatchObject({ status: 422, code: 'mention_all_needs_group' });
  });
});

describe('a received message', () => {
  it('shows whom it mentions, by their numbers where they are known', async () => {
    const text = { body: 'mentioned by Ada', mentions: [bob.number] };
    await says(ada, { type: 'text', text });
    expect(await received(text.body)).toMatchObject({ text: { body: text.body, mentions: [`+${bob.number}`] } });
    const data = (await sampleFiles.image()).toString('base64');
    await says(ada, { type: 'image', image: { data, caption: 'beside a picture', mentions: [bob.number] } });
    expect(await received('beside a picture')).toMatchObject({ image: { mentions: [`+${bob.number}`] } });
  });

  it('shows whom an edit of it mentions, and is forwarded with them', async () => {
    const { id: messageId } = await says(ada, {
      type: 'text',
      text: { body: 'before its edit', mentions: [bob.number] },
    });
    await received('before its edit');
    await says(ada, {
      type: 'edit',
      edit: { messageId, text: 'after its edit', mentions: [ada.number], sealed: true },
    });
    const edited = await received('after its edit');
    expect(edited).toMatchObject({ text: { body: 'after its edit', mentions: [`+${ada.number}`] } });
    const forwarded = await client.call(`POST /v1/messages/${edited.id}/forward`, { body: { to: `+${bob.number}` } });
    expect(forwarded.body).toMatchObject({ text: { mentions: [`+${ada.number}`] } });
    expect((await onPhone(bob, 'after its edit')).mentions).toEqual([ada.number]);
  });
});

/** How often the service has asked WhatsApp for a group. */
const questionsAboutGroups = async (): Promise<number> => {
  type Entry = { readonly stanza: { readonly tag: string; readonly attrs: { readonly xmlns?: string } } };
  const { entries } = await waybill.sandbox.ask<{ readonly entries: readonly Entry[] }>('GET /transcript');
  return entries.filter(({ stanza }) => stanza.tag === 'iq' && stanza.attrs.xmlns === 'w:g2').length;
};
