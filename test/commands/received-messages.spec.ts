import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { messageIdFor, type Person, type Report } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ListMessages, MessageView } from '../../src/messaging/message-view.contract.js';
import { WhatsAppIds } from '../../src/messaging/outbox/whatsapp-ids.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { writtenReport } from '../support/written-report.js';

/** A person by each of the addresses that WhatsApp may name. */
const personWith = (digits: string) => {
  const [phoneNumber, jid, lid] = [`+${digits}`, `${digits}@s.whatsapp.net`, `9${digits}@lid`];
  return {
    byNumber: { jid, phoneNumber, lid: null },
    byLid: { jid: lid, phoneNumber: null, lid },
    byBoth: { jid: lid, phoneNumber, lid },
  } as const satisfies { readonly [how: string]: Person };
};

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let userId: string;
let sessionId: string;

beforeAll(async () => {
  messaging = await startMessaging();
  userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId: newId(), userId, to: '+49 170 1111111', content };
  ({ sessionId } = (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message);
});

afterAll(() => messaging.stop());

/** What a person wrote, in the order in which it is on record, once it is as much. */
const recorded = async (digits: string, count: number): Promise<readonly MessageView[]> => {
  const data = { userId, direction: 'incoming', chat: `+${digits}`, limit: 100 } as const;
  return eventually(async () => {
    const page = await messaging.ask<ListMessages>({ type: 'ListMessages', data });
    return page.data.length >= count && page.data.toReversed();
  });
};
const chatsOf = (messages: readonly MessageView[]): number => new Set(messages.map(({ chatId }) => chatId)).size;
const textsOf = (messages: readonly MessageView[]) => messages.map(({ text }) => text);

const texts = Array.from({ length: 30 }, (_, n) => String(n));

describe('what one person writes', () => {
  it('is recorded in order, whichever of their addresses each message names', async () => {
    const digits = '491707654321';
    const { byLid, byNumber, byBoth } = personWith(digits);
    const names = [byLid, byNumber, byNumber, byBoth, byLid];
    await messaging.hear(sessionId, writtenReport(byBoth, 'first'));
    await Promise.all(texts.map((text, n) => messaging.hear(sessionId, writtenReport(names[n % names.length]!, text))));
    const messages = await recorded(digits, 31);
    expect(textsOf(messages)).toEqual(['first', ...texts]);
    expect(chatsOf(messages)).toBe(1);
  });

  it('is recorded in order while WhatsApp reveals that two addresses are theirs', async () => {
    const digits = '491707654322';
    const { byLid, byNumber, byBoth } = personWith(digits);
    const nameOf = (n: number): Person => (n < 2 ? byLid : [byNumber, byLid, byBoth][n % 3]!);
    await Promise.all(texts.map((text, n) => messaging.hear(sessionId, writtenReport(nameOf(n), text))));
    const messages = await recorded(digits, 30);
    expect(textsOf(messages)).toEqual(texts);
    expect(chatsOf(messages)).toBe(1);
  });

  it('is recorded after what both addresses wrote before WhatsApp revealed that they are one person', async () => {
    const digits = '491707654323';
    const { byLid, byNumber, byBoth } = personWith(digits);
    const nameOf = (n: number): Person => (n === 29 ? byBoth : n < 3 ? byNumber : byLid);
    await Promise.all(texts.map((text, n) => messaging.hear(sessionId, writtenReport(nameOf(n), text))));
    expect(textsOf(await recorded(digits, 30)).at(-1)).toBe('29');
  });
});

describe('an answer', () => {
  const answering = (by: Person, body: string, whatsappId: string): Report => {
    const written = writtenReport(by, body);
    return written.kind === 'message' ? { ...written, message: { ...written.message, replyTo: whatsappId } } : written;
  };
  const answeredBy = async ({ id }: MessageView | undefined = {} as MessageView) =>
    (await messaging.record(id)).map(({ data }) => ('replyTo' in data ? data.replyTo : undefined));

  it('names on record the message that it answers, whatever address that one came from', async () => {
    const digits = '491707654324';
    const { byLid, byNumber, byBoth } = personWith(digits);
    await messaging.hear(sessionId, writtenReport(byBoth, 'question'));
    await messaging.hear(sessionId, answering(byNumber, 'one', '3EB0question'));
    await messaging.hear(sessionId, answering(byLid, 'two', '3EB0one'));
    const [question, one, two] = await recorded(digits, 3);
    expect(await answeredBy(one)).toEqual([question?.id]);
    expect(await answeredBy(two)).toEqual([one?.id]);
  });

  it('names a message that was sent from here', async () => {
    const digits = '491707654325';
    const content = { type: 'text', body: 'Any questions?', mentions: [] } as const;
    const data = { messageId: newId(), userId, to: `+${digits}`, content };
    const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
    const sent = { userId, direction: 'outgoing', chat: `+${digits}`, limit: 1 } as const;
    await eventually(async () => (await messaging.ask<ListMessages>({ type: 'ListMessages', data: sent })).data.length);
    await messaging.hear(sessionId, answering(personWith(digits).byBoth, 'None', messageIdFor(message.id)));
    const [none] = await recorded(digits, 1);
    expect(await answeredBy(none)).toEqual([message.id]);
  });

  it('and a reaction name no message that was sent to somebody else, although they have its id', async () => {
    const [digits, others] = ['491707654327', '491707654328'];
    const send = async (to: string): Promise<MessageView> => {
      const content = { type: 'text', body: 'For you', mentions: [] } as const;
      const data = { messageId: newId(), userId, to: `+${to}`, content };
      const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
      messaging.part(WhatsAppIds).note({ ...message, messageId: message.id }); // as every attempt does
      return message;
    };
    const [own, other] = [await send(digits), await send(others)];
    const by = personWith(digits).byBoth;
    for (const { id } of [other, own]) {
      const written = answering(by, `to ${id}`, messageIdFor(id));
      await messaging.hear(sessionId, written);
      if (written.kind !== 'message') continue;
      const key = { ...written.message.key, whatsappId: `reaction to ${id}` };
      const reaction = {
        message: { ...written.message, key },
        whatsappId: messageIdFor(id),
        author: null,
        emoji: '👍',
      };
      await messaging.hear(sessionId, { kind: 'reaction', ...reaction });
    }
    const [toOther, toOwn] = await recorded(digits, 2);
    expect([await answeredBy(toOther), await answeredBy(toOwn)]).toEqual([[null], [own.id]]);
    const typesOf = async ({ id }: MessageView) => (await messaging.record(id)).map(({ type }) => type);
    expect(await typesOf(other)).not.toContain('ReactionReceived');
    expect(await typesOf(own)).toContain('ReactionReceived');
  });

  it('names none where the answered message is not on record', async () => {
    const digits = '491707654326';
    await messaging.hear(sessionId, answering(personWith(digits).byBoth, 'What?', '3EB0before'));
    const [what] = await recorded(digits, 1);
    expect(await answeredBy(what)).toEqual([null]);
  });
});
