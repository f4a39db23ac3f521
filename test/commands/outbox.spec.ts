import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buffer } from 'node:stream/consumers';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { newId } from '#lib/ids';
import { MediaFilesUnavailable } from '#lib/media-files';
import type { ReadModels } from '#lib/read-models';
import { SendFailed, sendRefusalOf } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { RevokeMessage } from '../../src/messaging/message-requests.contract.js';
import { messages } from '../../src/messaging/messages.projection.js';
import { pauseOnly, safePacing, type Pacing } from '../../src/messaging/pacing/pacing.contract.js';
import { Views } from '../../src/platform/views/views.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { newPicture } from '../support/pictures.js';

const account = '+491701234567';
const busy = () => new SendFailed({ kind: 'refused', refusal: sendRefusalOf(503) }, 'WhatsApp answered 503');

let messaging: Awaited<ReturnType<typeof startMessaging>>;
/** What WhatsApp answers to the next messages, before it takes all. */
let answers: SendFailed[];
/** How often reading the file of a message will fail. */
let unreadable: number;
/** How often reading the stream of a message will fail, once an event of this type is in it. */
let outage: { readonly after: string; left: number } | undefined;
/** The answer to the append of such an event gets lost, once. */
let unanswered: string | undefined;

const withOutages = (events: EventStore): EventStore => {
  const away = new Set<string>();
  return new Proxy(events, {
    get: (target, method: keyof EventStore) => {
      if (method === 'readStream') {
        return (...[stream, options]: Parameters<EventStore['readStream']>) => {
          if (!outage?.left || !away.has(stream)) return target.readStream(stream, options);
          outage.left -= 1;
          throw new StoreUnavailable('io', 'The server is away');
        };
      }
      const value: unknown = target[method];
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) => {
        const appends = JSON.stringify(method.startsWith('append') ? args : []);
        const [, stream] = /"(message-[^"]+)"/.exec(appends) ?? [];
        if (outage && stream !== undefined && appends.includes(`"${outage.after}"`)) away.add(stream);
        const answer = (value as (...args: readonly unknown[]) => unknown).apply(target, [...args]);
        if (unanswered === undefined || !appends.includes(`"${unanswered}"`)) return answer;
        unanswered = undefined;
        return (answer as Promise<unknown>).then(() => {
          throw new StoreUnavailable('io', 'No answer');
        });
      };
    },
  });
};

const start = async (pacing: Pacing): Promise<void> => {
  messaging = await startMessaging({
    pacing,
    eventsOf: withOutages,
    connections: { isOpen: () => true, account: () => account, onOpen: () => undefined, hasten: () => undefined },
    messenger: {
      checkNumbers: async (_sessionId, numbers) =>
        numbers.map((phoneNumber) => ({
          phoneNumber,
          exists: true,
          jid: `${phoneNumber.slice(1)}@s.whatsapp.net`,
          lid: null,
        })),
      uploadMedia: async (_sessionId, _media, file) => {
        await (Symbol.asyncIterator in file ? buffer(file) : file.close());
        unreadable -= 1;
        if (unreadable >= 0) throw new MediaFilesUnavailable('The bucket is away');
        const uploadedAt = new Date().toISOString();
        return {
          url: 'https://mmg.whatsapp.net/v/1.enc',
          directPath: '/v/1.enc',
          encryptedSha256: 'aGFzaA==',
          uploadedAt,
        };
      },
      send: async () => {
        const refusal = answers.shift();
        if (refusal) throw refusal;
        return { sentAt: new Date().toISOString() };
      },
    },
  });
};

beforeEach(() => void ([answers, unreadable, outage, unanswered] = [[], 0, undefined, undefined]));
afterEach(() => messaging.stop());

const text = { type: 'text', body: 'Hello', mentions: [] } as const;
const image = {
  ...({ type: 'image', mimeType: undefined, fileName: undefined, caption: null } as const),
  ...({ viewOnce: false, form: 'plain', convert: false } as const),
};

const send = async (
  userId: string,
  to = '+49 170 7654321',
  content: SendMessage['data']['content'] = text,
): Promise<string> => {
  const data = { messageId: newId(), userId, to, content };
  await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
  return data.messageId;
};
const typesOf = async (messageId: string) => (await messaging.record(messageId)).map(({ type }) => type);
const heldFor = async (messageId: string) =>
  (await messaging.record(messageId)).flatMap(({ type, data }) => (type === 'MessageHeld' ? data.why : []));
const until = (messageId: string, ends: readonly string[], timeoutMs = 20_000) =>
  eventually(async () => (await typesOf(messageId)).some((type) => ends.includes(type)), timeoutMs);

describe('after a store was away, longer than a message would be refused', () => {
  beforeEach(() => start({ ...safePacing, enabled: false }));

  it('a post is sent whose first attempt is on record although the log did not say so', async () => {
    const userId = await messaging.newSender(10);
    unanswered = 'MessageAttempted';
    const messageId = await send(userId, '120363041234567890@newsletter');
    await until(messageId, ['MessageSent', 'MessageFailed']);
    expect([unanswered, await typesOf(messageId)]).toEqual([
      undefined,
      ['MessageQueued', 'MessageAttempted', 'MessageSent'],
    ]);
  });

  it('a message that is refused for the moment is sent again', async () => {
    const userId = await messaging.newSender(10);
    [outage, answers] = [{ after: 'MessageQueued', left: 5 }, [busy()]];
    const messageId = await send(userId);
    await eventually(() => outage?.left === 0, 20_000);
    await until(messageId, ['MessageSent', 'MessageFailed']);
    expect(answers).toEqual([]);
    expect((await typesOf(messageId)).at(-1)).toBe('MessageSent');
  });

  it('a message whose file could not be read meanwhile is sent', async () => {
    const userId = await messaging.newSender(10);
    unreadable = 6;
    const data = (await newPicture('png')).toString('base64');
    const messageId = await send(userId, '+49 170 7654321', { ...image, source: { data } });
    await until(messageId, ['MessageSent', 'MessageFailed'], 40_000);
    expect((await typesOf(messageId)).at(-1)).toBe('MessageSent');
    expect(await heldFor(messageId)).toEqual(['file_unavailable']);
  });

  it('a change of a message that is refused for the moment is sent again', async () => {
    const userId = await messaging.newSender(10);
    const messageId = await send(userId);
    await until(messageId, ['MessageSent']);
    [outage, answers] = [{ after: 'MessageRevocationRequested', left: 5 }, [busy()]];
    await messaging.dispatch<RevokeMessage>({ type: 'RevokeMessage', data: { messageId, userId } });
    await eventually(() => outage?.left === 0, 20_000);
    await until(messageId, ['MessageRevoked', 'MessageChangeFailed']);
    expect(answers).toEqual([]);
    expect((await typesOf(messageId)).at(-1)).not.toBe('MessageChangeFailed');
  });
});

it('a paced message that was refused for the moment says that it waits for its turn again', async () => {
  await start({ ...safePacing, ...pauseOnly, messagesPerMinute: 15, jitter: 0 });
  const userId = await messaging.newSender(10);
  await until(await send(userId), ['MessageSent']);
  answers = [busy()];
  const messageId = await send(userId, '+49 170 7654322');
  await until(messageId, ['MessageSent']);
  expect(await heldFor(messageId)).toEqual(['pacing', 'whatsapp_busy', 'pacing']);
});

it('a message that is queued before the older ones are loaded says that it waits, and they do not', async () => {
  messaging = await startMessaging();
  const { directory } = messaging;
  const userId = await messaging.newSender(10);
  const older = await send(userId);
  await until(older, ['MessageHeld']);
  await messaging.close();

  let load = (): void => undefined;
  const loading = new Promise<void>((resolve) => (load = resolve));
  const waitForLoading = (models: ReadModels): ReadModels =>
    new Proxy(models, {
      get: (target, method: keyof ReadModels) => {
        const call = (target[method] as (...args: readonly unknown[]) => unknown).bind(target);
        if (method !== 'find') return call;
        return async (...args: Parameters<ReadModels['find']>) => {
          if (args[1].where?.['status'] === 'queued') await loading;
          return call(...args);
        };
      },
    });
  messaging = await startMessaging({ directory, modelsOf: waitForLoading });
  const newer = await send(userId, '+49 170 7654322');
  await messaging.part(Views).fresh(messages);
  load();
  await until(newer, ['MessageHeld']);
  expect(await heldFor(older)).toHaveLength(1);
});
