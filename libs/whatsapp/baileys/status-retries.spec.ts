import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BinaryNode } from '@whiskeysockets/baileys';
import type { SentForRetry } from './message-for-retry.js';
import { StatusRetries } from './status-retries.js';

const status = 'status@broadcast';
const me = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const [ada, adaLid] = ['491702222222@s.whatsapp.net', '222222222222222@lid'];
const numbers = new Map([
  [adaLid, '491702222222:0@s.whatsapp.net'],
  ['333333333333333@lid', '491703333333:0@s.whatsapp.net'],
  ['444444444444444@lid', '551187654321:0@s.whatsapp.net'],
]);

/** What happened, in order: to whom the post was sent again, and `confirmed` where Baileys got the receipt. */
let happened: string[];
let post: Pick<SentForRetry, 'to' | 'recipients'> | undefined;
let sending: () => Promise<void>;
let finding: () => Promise<void>;
let isOver: boolean;
let retries: StatusRetries;

beforeEach(() => {
  happened = [];
  post = { to: status, recipients: [ada, '5511987654321@s.whatsapp.net'] };
  [sending, finding] = [async () => undefined, async () => undefined];
  isOver = false;
  retries = new StatusRetries({
    socket: {
      assertSessions: async () => true,
      relayMessage: async (to, _message, { statusJidList = [] }) => {
        await sending();
        happened.push(`${to} for ${statusJidList.join()}`);
        return 'P1';
      },
      signalRepository: {
        lidMapping: {
          getPNForLID: async (lid) => numbers.get(lid) ?? null,
          getLIDForPN: async (pn) => [...numbers].find(([, number]) => number.replace(':0', '') === pn)?.[0] ?? null,
        },
      },
    },
    findSent: async () => {
      await finding();
      return post && { ...post, build: async () => ({ conversation: 'Hello' }) };
    },
    account: () => me,
    isOver: () => isOver,
    logger: { warn: () => undefined },
  });
});

const ask = (participant: string, attrs: BinaryNode['attrs'] = {}): Promise<void> =>
  retries.before(
    { tag: 'receipt', attrs: { id: 'P1', from: status, type: 'retry', participant, ...attrs } },
    async () => void happened.push('confirmed'),
  );

describe('a device that asks for a status post again', () => {
  it.each([
    ['of a recipient', `491702222222:4@s.whatsapp.net`],
    ['that is a recipient’s phone, by its LID', adaLid],
    ['of a recipient whose number WhatsApp spells otherwise', '444444444444444:2@lid'],
    ['that is hosted for a recipient', '222222222222222:99@hosted.lid'],
    ['of the account itself', '111111111111111:7@lid'],
  ])('gets it before that is confirmed: one %s', async (_whose, device) => {
    await ask(device);
    expect(happened).toEqual([`${status} for ${device}`, 'confirmed']);
  });

  it('gets it where the recipient was named by LID', async () => {
    post = { to: status, recipients: [adaLid] };
    await ask('491702222222:4@s.whatsapp.net');
    expect(happened).toEqual([`${status} for 491702222222:4@s.whatsapp.net`, 'confirmed']);
  });

  it('gets nothing where the post was not for them, or it is no post', async () => {
    await ask('333333333333333:1@lid');
    post = { to: ada };
    await ask(adaLid);
    post = undefined;
    await ask(adaLid);
    expect(happened).toEqual(['confirmed', 'confirmed', 'confirmed']);
  });

  it('asks again with the next connection where it could not be sent, or not be looked up, for now', async () => {
    const passing = [
      Object.assign(new Error('Timed Out'), { output: { statusCode: 408 } }),
      new Error('Connection Closed'),
    ];
    for (const error of passing) {
      sending = () => Promise.reject(error);
      await expect(ask(adaLid)).rejects.toBe(error);
    }
    finding = () => Promise.reject(new Error('The store is down'));
    await expect(ask(adaLid)).rejects.toThrow('The store is down');
    expect(happened).toEqual([]);
  });

  it('asks again with the next connection where this one ends meanwhile', async () => {
    sending = async () => void (isOver = true);
    await ask(adaLid);
    expect(happened).toEqual([`${status} for ${adaLid}`]);
  });

  it('does not ask again where it can never be sent, nor more than five times', async () => {
    sending = () => Promise.reject(Object.assign(new Error('item-not-found'), { data: 404 }));
    await ask(adaLid);
    expect(happened).toEqual(['confirmed']);
    sending = async () => undefined;
    for (let count = 0; count < 6; count += 1) await ask(adaLid);
    expect(happened.filter((each) => each !== 'confirmed')).toHaveLength(4);
    expect(happened).toHaveLength(4 + 7);
  });

  it('is one that could not decrypt it: other receipts are passed on', async () => {
    await ask(adaLid, { type: 'read' });
    await ask(adaLid, { from: '120363041234567890@g.us' });
    expect(happened).toEqual(['confirmed', 'confirmed']);
  });
});
