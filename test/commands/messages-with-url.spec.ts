import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { MediaSource } from '../../src/messaging/content/media-request.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import { eventually } from '../support/eventually.js';
import { serve } from '../support/file-server.js';
import { startMessaging } from '../support/messaging-app.js';
import { newPicture } from '../support/pictures.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let server: Awaited<ReturnType<typeof serve>>;
let picture: Buffer;
let answered: string[] = [];
/** Answers what was asked of `/late.png`. */
let answerLate = (): void => {};

beforeAll(async () => {
  messaging = await startMessaging({ variables: { WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' } });
  picture = await newPicture('png');
  server = await serve(({ url = '' }, response) => {
    answered.push(url);
    if (url === '/gone.png') response.writeHead(404).end();
    else if (url === '/page.png') response.writeHead(200, { 'content-type': 'image/png' }).end('<!doctype html><html>');
    else {
      const answer = () => response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
      if (url === '/late.png') answerLate = answer;
      else answer();
    }
  });
});
beforeEach(() => void (answered = []));
afterAll(async () => {
  await messaging.stop();
  await server.stop();
});

const image = {
  ...({ type: 'image', mimeType: undefined, fileName: undefined, caption: null } as const),
  ...({ viewOnce: false, form: 'plain', convert: false } as const),
};

const sendFrom = (userId: string, source: MediaSource, more: Partial<SendMessage['data']> = {}) => {
  const data = { messageId: newId(), userId, to: '+49 170 1234567', content: { ...image, source }, ...more };
  return messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
};
const send = (userId: string, url: string, messageId: string = newId()) => sendFrom(userId, { url }, { messageId });

describe('a message whose file is named by a URL', () => {
  it('is accepted with the file that was there, which is fetched once, however often the message is requested', async () => {
    const userId = await messaging.newSender(10);
    const { message } = await send(userId, `${server.url}/shop.png`);
    expect(message.content).toMatchObject({ type: 'image', mimeType: 'image/png', size: picture.length, width: 40 });
    const again = await send(userId, `${server.url}/shop.png`, message.id);
    expect(again.message).toEqual(message);
    expect(answered).toEqual(['/shop.png']);
  });

  it.each([
    ['/gone.png', 'media_fetch_failed'],
    ['/page.png', 'media_fetch_failed'],
  ])('is refused where there is no such file: %s', async (path, code) => {
    const userId = await messaging.newSender(10);
    await expect(send(userId, `${server.url}${path}`)).rejects.toMatchObject({ refusal: 'refused', code });
  });

  it('is refused above the quota, and for a reply to nothing, before its file is fetched', async () => {
    const userId = await messaging.newSender(1);
    const to = '+49 170 1234567';
    const content = { ...image, source: { url: `${server.url}/shop.png` } };
    const reply = { messageId: newId(), userId, to, content, replyTo: newId() };
    await expect(messaging.dispatch<SendMessage>({ type: 'SendMessage', data: reply })).rejects.toMatchObject({
      code: 'reply_to_not_found',
    });
    expect(answered).toEqual([]);
    const { message } = await send(userId, `${server.url}/shop.png`);
    await expect(send(userId, `${server.url}/shop.png`)).rejects.toMatchObject({
      code: 'daily_quota_exceeded',
      allowance: { limit: 1, remaining: 0 },
    });
    expect((await send(userId, `${server.url}/shop.png`, message.id)).message).toEqual(message);
    expect(answered).toEqual(['/shop.png']);
  });

  it('is not fetched where another one, which is, may take the last place of the quota', async () => {
    const userId = await messaging.newSender(1);
    const sent = await Promise.allSettled(Array.from({ length: 10 }, () => send(userId, `${server.url}/shop.png`)));
    expect(sent.map(({ status }) => status)).toEqual(['fulfilled', ...Array.from({ length: 9 }, () => 'rejected')]);
    for (const one of sent.slice(1)) expect(one).toMatchObject({ reason: { code: 'daily_quota_exceeded' } });
    expect(answered).toEqual(['/shop.png']);
  });

  it('is fetched once another one, which might have taken the last place of the quota, has failed', async () => {
    const userId = await messaging.newSender(1);
    const urls = ['gone.png', 'page.png', 'shop.png', 'shop.png'].map((name) => `${server.url}/${name}`);
    const sent = await Promise.allSettled(urls.map((url) => send(userId, url)));
    expect(sent).toMatchObject([
      { reason: { code: 'media_fetch_failed' } },
      { reason: { code: 'media_fetch_failed' } },
      { value: { allowance: { remaining: 0 } } },
      { reason: { code: 'daily_quota_exceeded' } },
    ]);
    expect(answered).toEqual(['/gone.png', '/page.png', '/shop.png']);
  });

  it('lets others wait for the last place of the quota until what came with them is too much', async () => {
    const userId = await messaging.newSender(1);
    const late = send(userId, `${server.url}/late.png`);
    await eventually(() => answered.includes('/late.png'));
    const data = 'A'.repeat(11 * 1024 * 1024);
    const waiting = [sendFrom(userId, { data }), sendFrom(userId, { data })];
    const tooMuch = sendFrom(userId, { data });
    const ofBatch = sendFrom(userId, { url: `${server.url}/shop.png` }, { heldBytes: data.length });
    const small = send(userId, `${server.url}/shop.png`);
    const refused = await Promise.allSettled([tooMuch, ofBatch]);
    expect(refused).toMatchObject([{ reason: { code: 'quota_reserved' } }, { reason: { code: 'quota_reserved' } }]);
    answerLate();
    const [accepted, ...others] = await Promise.allSettled([late, ...waiting, small]);
    expect(accepted).toMatchObject({ value: { allowance: { remaining: 0 } } });
    for (const one of others) expect(one).toMatchObject({ reason: { code: 'daily_quota_exceeded' } });
  });

  it('is refused where the address is not public', async () => {
    const userId = await messaging.newSender(10);
    await expect(send(userId, 'http://169.254.169.254/latest')).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect((await send(userId, `${server.url}/shop.png`)).allowance.remaining).toBe(9);
  });
});
