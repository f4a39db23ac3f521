import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decryptPollVote, proto, type WAMessage } from '@whiskeysockets/baileys';
import { group } from '../../libs/whatsapp-sandbox/control/schemas/group.js';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import { phone } from '../../libs/whatsapp-sandbox/control/schemas/phone.js';
import { ControlledShop, jidOfNumber } from './support/controlled-shop.js';
import { waitUntil } from './support/wait-until.js';

let scene: ControlledShop;

beforeAll(async () => {
  scene = await ControlledShop.start();
});
afterAll(() => scene.stop());

const vote = (number: string, body: object) => scene.api.send(`/phones/${number}/votes`, body, message);
const received = (id: string): Promise<WAMessage> =>
  waitUntil(`the client receives ${id}`, () => scene.client.messages.find(({ key }) => key.id === id));
/** What a phone shows of the votes on a poll. */
const votesOn = async (number: string, id: string) =>
  (await scene.messagesOf(number)).find((each) => each.id === id)?.poll?.votes;

describe('a vote of a phone', () => {
  it('is encrypted as WhatsApp does it', async () => {
    const values = ['Morning', 'Evening'];
    const poll = await scene.client.socket.sendMessage(jidOfNumber(scene.ada), {
      poll: { name: 'When?', values, selectableCount: 1 },
    });
    const id = poll?.key.id ?? '';
    await waitUntil('it arrives', async () => (await scene.messagesOf(scene.ada)).some((each) => each.id === id));
    const cast = await vote(scene.ada, { messageId: id, options: ['Evening'] });
    expect(cast).toMatchObject({ type: 'vote', target: id, vote: { options: ['Evening'] }, to: scene.shop });
    const update = (await received(cast.id)).message?.pollUpdateMessage;
    const opened = decryptPollVote(update?.vote ?? {}, {
      pollCreatorJid: jidOfNumber(scene.shop),
      pollMsgId: id,
      pollEncKey: poll?.message?.messageContextInfo?.messageSecret ?? Buffer.alloc(0),
      voterJid: jidOfNumber(scene.ada),
    });
    expect(proto.Message.PollVoteMessage.toObject(opened).selectedOptions).toHaveLength(1);
    expect(await votesOn(scene.ada, id)).toEqual([
      { option: 'Morning', count: 0, voters: [] },
      { option: 'Evening', count: 1, voters: [scene.ada] },
    ]);
  });

  it('shows on the phones of a group, and is replaced by the next one', async () => {
    const { number: ben } = await scene.api.send('/phones', { name: 'Ben' }, phone);
    const made = await scene.api.send(
      `/phones/${scene.ada}/groups`,
      { subject: 'Choices', participants: [ben, scene.shop] },
      group,
    );
    const poll = { question: 'When?', options: ['Morning', 'Evening'], multiple: true };
    const { id } = await scene.api.send(`/phones/${scene.ada}/messages`, { to: made.jid, type: 'poll', poll }, message);
    const shows = (on: string, expected: object) =>
      waitUntil(`${on} shows the votes`, async () => {
        const votes = (await votesOn(on, id))?.map(({ voters }) => voters);
        return JSON.stringify(votes) === JSON.stringify(expected);
      });
    await waitUntil('it arrives', async () => (await scene.messagesOf(ben)).some((each) => each.id === id));
    await vote(ben, { messageId: id, options: ['Morning', 'Evening'] });
    for (const on of [scene.ada, scene.shop, ben]) await shows(on, [[ben], [ben]]);
    await vote(scene.ada, { messageId: id, options: ['Morning'] });
    await vote(ben, { messageId: id, options: [] });
    await shows(scene.shop, [[scene.ada], []]);
  });

  it('is refused for what is no poll, or no option of it', async () => {
    const { id } = await scene.api.send(
      `/phones/${scene.ada}/messages`,
      { to: scene.shop, type: 'text', text: 'Hello' },
      message,
    );
    const refused = async (body: object) => (await scene.api.call('POST', `/phones/${scene.ada}/votes`, body)).status;
    expect(await refused({ messageId: id, options: [] })).toBe(400);
    expect(await refused({ messageId: 'nothing', options: [] })).toBe(404);
    const poll = { question: 'When?', options: ['Morning', 'Evening'] };
    const own = await scene.api.send(`/phones/${scene.ada}/messages`, { to: scene.shop, type: 'poll', poll }, message);
    expect(await refused({ messageId: own.id, options: ['Never'] })).toBe(400);
  });
});
