import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { TlsAuthority } from '../../libs/whatsapp-sandbox/media/certificate.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { ProxyServer } from '../support/proxy-server.js';
import { sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Session = { readonly status: string; readonly reason: string | null; readonly connectedAt: string | null };
type OnPhone = {
  readonly id: string;
  readonly direction: string;
  readonly text?: string;
  readonly media?: { url: string };
};

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let proxy: ProxyServer;
let authority: TlsAuthority;
let certificate: Awaited<ReturnType<TlsAuthority['issue']>>;

beforeAll(async () => {
  authority = await TlsAuthority.generate();
  certificate = await authority.issue(['127.0.0.1']);
  waybill = await Waybill.start({
    WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
    WAYBILL_OUTBOUND_CA: authority.certificate,
  });
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(() => waybill.end());

beforeEach(async () => {
  proxy = await ProxyServer.start(certificate);
});

afterEach(() => proxy.stop());

const path = (): string => `/v1/sessions/${client.session.id}`;
const set = (url: string | null): Promise<Answer> =>
  client.call(`PATCH ${path()}`, { body: { settings: { proxy: url } } });
const session = async (): Promise<Session> => (await client.call(`GET ${path()}`)).body as Session;
const connected = (): Promise<Session> =>
  eventually(async () => {
    const now = await session();
    return now.status === 'connected' && now;
  });
const placeOf = (url: string): string => new URL(url.replace(/^ws/, 'http')).host;

/** What the friend has received, with the hash of its file. */
const arrived = async (caption: string): Promise<OnPhone & { readonly sha256: string }> => {
  const { number } = friend;
  const message = await eventually(async () => {
    const all = await waybill.sandbox.messages<OnPhone>(number);
    return all.find(({ direction, text }) => direction === 'incoming' && text === caption) ?? false;
  });
  return { ...message, sha256: sha256Of(await waybill.sandbox.file(number, message.id)) };
};

describe.each(['http', 'https', 'socks5'] as const)('a session with a proxy (%s)', (protocol) => {
  it('connects by way of it at once, has files and pictures of chats by way of it, and does not show it', async () => {
    const { connectedAt: before } = await connected();
    const answer = await set(proxy.url(protocol));
    expect(answer.body).toMatchObject({ settings: { proxySet: true } });
    expect(answer.text).not.toContain('s3cret');
    await eventually(async () => (await connected()).connectedAt !== before);
    const server = placeOf(waybill.sandbox.url);
    expect(proxy.targets).toEqual([server]);

    const [bytes, picture] = await Promise.all([sampleFiles.image(), newPicture('jpeg')]);
    const image = { data: bytes.toString('base64'), caption: protocol };
    await client.post({ to: `+${friend.number}`, type: 'image', image });
    const { sha256, media } = await arrived(protocol);
    expect(sha256).toBe(sha256Of(bytes));
    const files = placeOf(media?.url ?? '');
    expect(proxy.targets).toEqual([server, files]);

    const to = client.session.phone.number;
    const file = { data: bytes.toString('base64'), caption: `to ${protocol}` };
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to, type: 'image', image: file });
    type Got = { readonly chatId: string; readonly image: { readonly caption: string; readonly mediaId: string } };
    const { chatId, image: got } = await eventually(async () => {
      const { body } = await client.list({ direction: 'incoming', type: 'image' });
      const [newest] = (body as { readonly data: readonly Got[] }).data;
      return newest?.image.caption === `to ${protocol}` && newest;
    });
    const downloaded = await new MediaClient(waybill, client.session.user.key).download(got.mediaId);
    expect(downloaded.bytes.equals(bytes)).toBe(true);
    expect(proxy.targets).toEqual([server, files, files]);

    await waybill.sandbox.ask(`PUT /phones/${friend.number}/picture`, { data: picture.toString('base64') });
    const shown = await fetch(`${waybill.url}/v1/chats/${chatId}/picture`, {
      headers: { 'x-api-key': client.session.user.key },
    });
    expect(sha256Of(Buffer.from(await shown.arrayBuffer()))).toBe(sha256Of(picture));
    expect(proxy.targets).toEqual([server, files, files, files]);

    await set(null);
    await eventually(() => proxy.open === 0);
    await connected();
    expect(await session()).toMatchObject({ settings: { proxySet: false } });
    expect(proxy.targets).toHaveLength(4);
  });

  it('says why where the proxy does not take its credentials, or is not there', async () => {
    await set(proxy.url(protocol, false));
    const refused = await eventually(async () => {
      const now = await session();
      return now.reason?.includes('proxy') === true && now;
    });
    expect(refused.status).toBe('reconnecting');
    const gone = await ProxyServer.start();
    const url = gone.url(protocol);
    await gone.stop();
    await set(url);
    await eventually(async () => (await session()).reason?.includes('ECONNREFUSED'));
    expect(JSON.stringify(await session())).not.toContain('s3cret');
    expect(proxy.targets).toEqual([]);
    await set(null);
    await connected();
  });
});

describe('a proxy', () => {
  it('at an address that the operator does not allow is not contacted', async () => {
    await set('http://127.0.0.2:3128');
    await eventually(async () => (await session()).reason?.includes('WAYBILL_OUTBOUND_ALLOW'));
    await set(null);
    await connected();
  });

  it('whose certificate nobody vouches for is not trusted', async () => {
    const foreign = await ProxyServer.start(await (await TlsAuthority.generate()).issue(['127.0.0.1']));
    await set(foreign.url('https'));
    const { reason } = await eventually(async () => {
      const now = await session();
      return now.reason?.includes('certificate') === true && now;
    });
    expect(reason).not.toContain('s3cret');
    expect(foreign.targets).toEqual([]);
    await set(null);
    await connected();
    await foreign.stop();
  });

  it('may be there from the beginning: nothing goes around it, and its password is in no event', async () => {
    const body = { name: 'Second', settings: { proxy: proxy.url('http') } };
    const made = await client.call('POST /v1/sessions', { body });
    expect([made.status, made.body.settings.proxySet]).toEqual([202, true]);
    await eventually(async () => (await client.call(`GET /v1/sessions/${made.body.id}/qr`)).status === 200);
    expect(proxy.targets).toEqual([placeOf(waybill.sandbox.url)]);
    const stream = await waybill.admin(`GET /v1/admin/streams/session-${made.body.id}`);
    expect([stream.status, stream.text.includes('s3cret')]).toEqual([200, false]);
    await client.call(`DELETE /v1/sessions/${made.body.id}`);
  });

  it.each(['ftp://proxy.example.com', 'proxy.example.com:3128', 'http://', ''])('is not %j', async (url) => {
    expect((await set(url)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });
});
