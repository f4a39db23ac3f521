import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { serve } from '../support/file-server.js';
import { MessagesClient, type MessageBody } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let site: Awaited<ReturnType<typeof serve>>;
/** The paths that the site was asked for. */
let asked: string[] = [];
/** Answers that the site holds back. */
let held: (() => void)[] = [];

beforeAll(async () => {
  const picture = await newPicture('png', 1200, 630);
  site = await serve(answerWith(picture));
  waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);
beforeEach(() => {
  asked = [];
  held = [];
});
afterAll(async () => {
  await waybill.end();
  await site.stop();
});

const page =
  '<meta property="og:title" content="Tea"><meta property="og:description" content="All kinds"><meta property="og:image" content="/tea.png">';

const answerWith =
  (picture: Buffer): RequestListener =>
  ({ url = '' }, response) => {
    asked.push(url);
    const html = (text: string) => response.writeHead(200, { 'content-type': 'text/html' }).end(text);
    if (url === '/tea.png') response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
    else if (url.startsWith('/tea')) html(page);
    else if (url === '/moved') response.writeHead(302, { location: '/tea-moved' }).end();
    else if (url === '/inside') response.writeHead(302, { location: 'http://192.168.7.7/' }).end();
    else if (url === '/no-picture') html('<title>No picture</title><meta property="og:image" content="/gone.png">');
    else if (url === '/no-image') html('<title>No image</title><meta property="og:image" content="/tea">');
    else if (url === '/untitled') html('<p>Nothing');
    else if (url === '/file') response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.4');
    else if (url.startsWith('/slow')) held.push(() => void html(page));
    else response.writeHead(404).end();
  };

type OnPhone = {
  readonly id: string;
  readonly direction: string;
  readonly duplicate?: boolean;
  readonly text?: string;
  readonly preview?: object;
};
type Shown = MessageBody & { readonly text: { readonly body: string; readonly preview?: object } };

const accepted = async (text: object): Promise<string> => {
  const answer = await client.post({ to: `+${friend.number}`, type: 'text', text });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id as string;
};

const onPhone = async (body: string): Promise<readonly OnPhone[]> =>
  (await waybill.sandbox.messages<OnPhone>(friend.number)).filter(
    ({ direction, text }) => direction === 'incoming' && text === body,
  );

/** Sends it; answers it as the API shows it and as the phone does. */
const sent = async (text: {
  readonly body: string;
  readonly previewUrl?: boolean;
}): Promise<readonly [Shown, OnPhone]> => {
  const shown = await client.until(await accepted(text), 'delivered');
  const [message] = await onPhone(text.body);
  return [shown as Shown, message!];
};

describe('a text', () => {
  it('shows a preview of its first link where one is asked for', async () => {
    const body = `Look: ${site.url}/tea?kind=green, and ${site.url}/other.`;
    const [shown, message] = await sent({ body, previewUrl: true });
    const preview = { url: `${site.url}/tea?kind=green`, title: 'Tea', description: 'All kinds' };
    expect(shown.text).toEqual({ body, previewUrl: true, preview });
    expect(shown.timeline.map(({ event }) => event)).toEqual(['queued', 'preview_fetched', 'sent', 'delivered']);
    expect(message.preview).toEqual({ ...preview, thumbnailBytes: expect.any(Number) });
    expect(asked).toEqual(['/tea?kind=green', '/tea.png']);
  });

  it('has none where none is asked for, and the linked server hears nothing', async () => {
    const [shown, message] = await sent({ body: `Plain: ${site.url}/tea` });
    expect([shown.text.preview, message.preview, asked]).toEqual([undefined, undefined, []]);
  });

  it.each([
    ['/moved', 'Tea', true],
    ['/no-picture', 'No picture', false],
    ['/no-image', 'No image', false],
  ])('shows as much as can be had: %s', async (path, title, hasPicture) => {
    const [, { preview }] = await sent({ body: `Some of it: ${site.url}${path}`, previewUrl: true });
    expect(preview).toMatchObject({ url: `${site.url}${path}`, title });
    expect('thumbnailBytes' in preview!).toBe(hasPicture);
  });

  it.each([
    ['/missing', 'The server answered with HTTP status 404.'],
    ['/untitled', 'The page has no title.'],
    ['/file', 'The link leads to no page.'],
    ['/inside', 'The address is private, or reserved: the operator has to allow it (WAYBILL_OUTBOUND_ALLOW).'],
  ])('goes without where the page cannot be had, and says why: %s', async (path, reason) => {
    const [shown, message] = await sent({ body: `None: ${site.url}${path}`, previewUrl: true });
    expect([message.preview, shown.text.preview]).toEqual([undefined, undefined]);
    expect(shown.timeline[1]).toMatchObject({
      event: 'preview_unavailable',
      detail: `It is sent without a preview of its link: ${reason}`,
    });
    expect(waybill.output()).not.toContain(`${site.url}${path}`);
  });

  it('goes without where it has no link', async () => {
    const [shown] = await sent({ body: 'No link at all', previewUrl: true });
    expect(shown.timeline[1]).toMatchObject({ event: 'preview_unavailable' });
  });

  it('is accepted at once, and waits for its page alone: not the messages of other chats', async () => {
    const other = await waybill.sandbox.newPhone();
    const body = `Slowly: ${site.url}/slow`;
    const id = await accepted({ body, previewUrl: true });
    await eventually(() => held.length === 1);
    await client.until(await client.send(other, 'meanwhile'), 'delivered');
    expect((await client.get(id)).status).toBe('queued');
    held[0]?.();
    await client.until(id, 'delivered');
    expect((await onPhone(body))[0]?.preview).toMatchObject({ title: 'Tea' });
  });
});

describe('a preview that was made', () => {
  it('is fetched again where the service was killed meanwhile, and sent once', async () => {
    const body = `After a crash: ${site.url}/slow-too`; // a page that the service does not remember
    const id = await accepted({ body, previewUrl: true });
    await eventually(() => held.length === 1);
    await waybill.kill();
    await waybill.boot();
    await eventually(() => held.length === 2);
    held[1]?.();
    await client.until(id, 'delivered');
    expect(await onPhone(body)).toMatchObject([{ preview: { title: 'Tea' } }]);
  });

  it('is the same for a phone that asks for the message again, and not fetched for that', async () => {
    const body = `Again: ${site.url}/tea-again`;
    const [, { id, preview }] = await sent({ body, previewUrl: true });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${id}/request-again`);
    const repeated = await eventually(async () => (await onPhone(body)).find(({ duplicate }) => duplicate) ?? false);
    expect(repeated.preview).toEqual(preview);
    expect(asked.filter((path) => path === '/tea-again')).toHaveLength(1);
  });
});

describe('a received text', () => {
  it('shows the preview that its sender made', async () => {
    const preview = { url: 'https://example.com/a', title: 'An example', description: 'Of a page' };
    const { url: matchedText, ...described } = preview;
    const raw = { extendedTextMessage: { text: 'See https://example.com/a', matchedText, ...described } };
    const message = { to: client.session.phone.number, type: 'raw', raw };
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, message);
    const received = await eventually(async () => {
      const { body } = await client.list({ direction: 'incoming', q: 'example' });
      return (body as { readonly data: readonly Shown[] }).data[0] ?? false;
    });
    expect(received.text).toEqual({ body: raw.extendedTextMessage.text, preview });
  });
});
