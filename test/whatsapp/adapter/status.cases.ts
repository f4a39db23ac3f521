import { expect, it } from '@jest/globals';
import { messageIdFor, type OutgoingContent } from '#lib/whatsapp';
import type { Phone } from '#lib/whatsapp-sandbox';
import { eventually } from '../../support/eventually.js';
import { linked } from '../support/fixtures.js';
import { textsOf, type Gateway } from '../support/gateway.js';

const jidOf = ({ number }: Phone): string => `${number}@s.whatsapp.net`;
const text = (body: string): OutgoingContent => ({ type: 'text', body });

/** Posts for these people; the seed of the id is `seed`. */
const post = async (
  gateway: Gateway,
  recipients: readonly Phone[],
  content: OutgoingContent,
  seed: string,
): Promise<string> => {
  const whatsappId = messageIdFor(seed);
  const message = { whatsappId, to: 'status@broadcast', recipients: recipients.map(jidOf), content };
  gateway.sent.set(whatsappId, message);
  await gateway.connections.send('one', message);
  return whatsappId;
};

/** What an account posts in channels. */
export const channelCases = (): void => {
  it(
    'is in a channel of its own, not encrypted, and in no other one',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const { channels } = sandbox;
      const [own, other] = [channels.create(phone.number, 'News'), channels.create(friend.number, 'Theirs')];
      await gateway.send(own.jid, 'Open late');
      await gateway.send(own.jid, 'Open late');
      expect(channels.get(own.jid)?.posts).toMatchObject([{ type: 'text', text: 'Open late' }]);
      const refused = await outcomeOf(() => gateway.send(other.jid, 'Not mine'));
      expect(refused).toMatchObject({ kind: 'refused', refusal: { code: 403, retryable: false } });
      const unknown = await outcomeOf(() => gateway.send('120363400000000009@newsletter', 'Nowhere'));
      expect(unknown).toMatchObject({ kind: 'refused', refusal: { code: 404, retryable: false } });
      expect(channels.get(other.jid)?.posts).toEqual([]);
    }),
  );

  it(
    'is reported once, and nothing where a channel says nothing or changes what was posted before',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const { channels } = sandbox;
      const { jid } = channels.create(friend.number, 'Theirs');
      const before = await friend.channels.post(jid, { type: 'text', text: 'Before' });
      channels.follow(jid, phone.number);
      friend.channels.edit(jid, before.id, 'Before, edited');
      friend.channels.delete(jid, before.id);
      channels.pass(jid, { id: 'NOTHING', type: 'text' });
      channels.pass(jid, { id: 'EMPTY', type: 'text', message: Buffer.of() });
      channels.pass(jid, { id: 'BROKEN', type: 'text', message: Buffer.of(255, 255, 255) });
      const { id } = await friend.channels.post(jid, { type: 'text', text: 'After' });
      await gateway.nth('message', 1);
      await friend.send({ to: phone.number, type: 'text', text: 'End' });
      const reported = await eventually(() => {
        const all = gateway.all('message').map(({ message }) => message);
        return all.some(({ content }) => content.type === 'text' && content.body === 'End') && all;
      });
      expect(reported.filter(({ chat }) => chat.jid === jid).map(({ key }) => key.whatsappId)).toEqual([id]);
      expect(gateway.all('edited')).toMatchObject([{ whatsappId: before.id, content: { body: 'Before, edited' } }]);
      expect(gateway.all('revoked')).toMatchObject([{ whatsappId: before.id }]);
    }),
  );
};

const outcomeOf = async (send: () => Promise<unknown>): Promise<unknown> => {
  const error: unknown = await send().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return (error as { readonly outcome?: unknown } | undefined)?.outcome;
};

/** What an account posts as its status. */
export const statusCases = (): void => {
  it(
    'is for those who are named and for the own phone, and for nobody else',
    linked(async ({ sandbox, gateway, phone, friend }) => {
      const [other, stranger] = [sandbox.phones.create(), sandbox.phones.create()];
      const content = { type: 'text', body: 'New today', backgroundColor: '#1FA855', font: 'bold' } as const;
      await post(gateway, [friend, other], content, 'first');
      await eventually(() => [friend, other].every((each) => textsOf(each).includes('New today')));
      const [shown] = friend.messages();
      const style = { backgroundColor: '#1FA855', font: 6 };
      expect(shown).toMatchObject({ chat: 'status@broadcast', from: phone.number, style });
      await eventually(() => textsOf(phone, 'outgoing').includes('New today'));
      await post(gateway, [other], text('For one of them'), 'second');
      await eventually(() => textsOf(other).includes('For one of them'));
      await post(gateway, [friend], text('For the other one'), 'third');
      await eventually(() => textsOf(friend).includes('For the other one'));
      expect(textsOf(friend)).toEqual(['New today', 'For the other one']);
      expect(stranger.messages()).toEqual([]);
    }),
  );

  it(
    'is read, which is reported of each of those who do',
    linked(async ({ sandbox, gateway, friend }) => {
      const other = sandbox.phones.create();
      for (const each of [friend, other]) each.set({ receipts: 'read' });
      const whatsappId = await post(gateway, [friend, other], text('Look'), 'look');
      const readers = await eventually(() => {
        const receipts = gateway.all('receipt').map(({ receipt }) => receipt);
        const reads = receipts.filter(({ status, whatsappIds }) => status === 'read' && whatsappIds[0] === whatsappId);
        return reads.length === 2 && reads;
      });
      expect(new Set(readers.map(({ chat }) => chat))).toEqual(new Set(['status@broadcast']));
      const lids = [friend, other].map(({ lid }) => `${lid}@lid`);
      expect(new Set(readers.map(({ participant }) => participant))).toEqual(new Set(lids));
    }),
  );

  it(
    'is repeated as a post for somebody who could not decrypt it, and for nobody else',
    linked(async ({ sandbox, gateway, friend }) => {
      const other = sandbox.phones.create();
      sandbox.faults.add({ kind: 'retry', number: friend.number });
      await post(gateway, [friend, other], text('Once more'), 'again');
      await eventually(() => [friend, other].every((each) => textsOf(each).includes('Once more')));
      expect(friend.messages().map(({ chat }) => chat)).toEqual(['status@broadcast']);
      await post(gateway, [other], text('End'), 'end');
      await eventually(() => textsOf(other).includes('End'));
      expect(other.messages().map((message) => message.text)).toEqual(['Once more', 'End']);
    }),
  );

  it(
    'is repeated with the next connection where it could not be with this one',
    linked(async ({ sandbox, gateway, friend }) => {
      gateway.finding = () => Promise.reject(new Error('The log cannot be read'));
      sandbox.faults.add({ kind: 'retry', number: friend.number });
      const whatsappId = await post(gateway, [friend], text('Not lost'), 'kept');
      await eventually(() => gateway.askedFor.includes(whatsappId));
      await gateway.connections.stop('one');
      gateway.finding = async () => undefined;
      await gateway.start();
      await eventually(() => textsOf(friend).includes('Not lost'));
    }),
  );

  it(
    'is revoked',
    linked(async ({ gateway, friend }) => {
      const whatsappId = await post(gateway, [friend], text('Too early'), 'early');
      await eventually(() => textsOf(friend).includes('Too early'));
      const replyTo = { whatsappId, chat: 'status@broadcast', fromMe: true, participant: null, text: '' };
      const to = { to: 'status@broadcast', recipients: [jidOf(friend)] };
      const revocation = { ...to, whatsappId: messageIdFor('gone'), content: { type: 'revocation' }, replyTo } as const;
      await gateway.connections.send('one', revocation);
      const gone = await eventually(() => friend.messages().find(({ type }) => type === 'revoke') ?? false);
      expect(gone).toMatchObject({ chat: 'status@broadcast', target: whatsappId });
    }),
  );

  it(
    'of somebody else, and of the phone, is reported once, and confirmed',
    linked(async ({ gateway, phone, friend }) => {
      await friend.send({ to: 'status', recipients: [phone.number], type: 'text', text: 'Holiday' });
      const { message: theirs } = await gateway.nth('message', 1);
      await phone.send({ to: 'status', recipients: [friend.number], type: 'text', text: 'From my phone' });
      const { message: ours } = await gateway.nth('message', 2);
      expect([theirs, ours]).toMatchObject([
        { key: { fromMe: false }, sender: { phoneNumber: `+${friend.number}` }, content: { body: 'Holiday' } },
        { key: { fromMe: true }, sender: { phoneNumber: `+${phone.number}` }, content: { body: 'From my phone' } },
      ]);
      for (const { chat, key } of [theirs, ours])
        expect([chat.jid, key.chat]).toEqual(['status@broadcast', 'status@broadcast']);
      await gateway.connections.stop('one');
      await gateway.start();
      await friend.send({ to: phone.number, type: 'text', text: 'And again' });
      expect((await gateway.nth('message', 3)).message.content).toMatchObject({ body: 'And again' });
    }),
  );
};
