import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type OnPhone = { readonly direction: string; readonly id: string; readonly forwarded?: true };
type File = { readonly mediaId: string; readonly state: string };
type Received = { readonly id: string; readonly type: string; readonly [field: string]: unknown };

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let other: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(() => waybill.end());

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  other = await waybill.sandbox.newPhone({ name: 'Bob' });
});

const set = (downloadMedia: 'always' | 'on_demand'): Promise<Answer> =>
  client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { downloadMedia } } });

const fromFriend = async (): Promise<readonly Received[]> =>
  (await client.list({ chat: `+${friend.number}`, direction: 'incoming' })).body.data;

/** The friend sends a file; answers its message. */
const received = async (type: string, bytes: Buffer, file: object = {}, more: object = {}): Promise<Received> => {
  const before = await fromFriend();
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type,
    [type]: { data: bytes.toString('base64'), ...file },
    ...more,
  });
  return eventually(async () => {
    const [newest, ...others] = await fromFriend();
    return newest !== undefined && others.length === before.length && newest;
  });
};
const fileOf = (message: Received): File => message[message.type] as File;
const forward = ({ id }: Received): Promise<Answer> =>
  client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${other.number}` } });
const unavailable = { status: 502, body: { code: 'media_unavailable' } };

/** What arrived on a phone, with the hash of its file. */
const arrived = async ({ number }: SandboxPhone): Promise<object> => {
  const message = await eventually(
    async () =>
      (await waybill.sandbox.messages<OnPhone>(number)).find((each) => each.direction === 'incoming') ?? false,
  );
  return { ...message, sha256: sha256Of(await waybill.sandbox.file(number, message.id)) };
};

describe('a received file', () => {
  it.each([
    ['image', 'image', { caption: 'Look' }, { text: 'Look' }],
    ['video', 'video', {}, {}],
    ['video', 'video', { gif: true }, { media: { gif: true } }],
    ['video', 'video', { note: true }, { media: { note: true } }],
    ['audio', 'audio', { mimeType: 'audio/mpeg' }, {}],
    ['voice', 'audio', { voice: true }, { media: { voice: true } }],
    ['document', 'document', { fileName: '../invoice.pdf' }, { media: { fileName: 'invoice.pdf' } }],
    ['sticker', 'sticker', {}, {}],
  ] as const)('is forwarded as what it is: %s as %s %j', async (sample, type, file, shown) => {
    const bytes = await sampleFiles[sample]();
    const answer = await forward(await received(type, bytes, file));
    expect([answer.status, answer.body.forwarded, answer.body.type]).toEqual([202, true, type]);
    expect(await arrived(other)).toMatchObject({ type, forwarded: true, sha256: sha256Of(bytes), ...shown });
  });

  it('says that it was forwarded, and is fetched first where nobody has asked for it', async () => {
    await set('on_demand');
    const bytes = await sampleFiles.document();
    const message = await received('document', bytes, {}, { forwarded: true });
    expect([message['forwarded'], fileOf(message).state]).toEqual([true, 'pending']);
    expect((await forward(message)).status).toBe(202);
    expect(await arrived(other)).toMatchObject({ forwarded: true, sha256: sha256Of(bytes) });

    const sent = await received('image', await sampleFiles.image());
    const { mediaId } = fileOf(sent);
    const answer = await client.post({ to: `+${friend.number}`, type: 'image', image: { mediaId, caption: 'Yours' } });
    expect(answer.status).toBe(202);
    expect(await arrived(friend)).toMatchObject({ type: 'image', text: 'Yours' });

    await waybill.sandbox.ask(`PATCH /phones/${client.session.phone.number}`, { keepsFiles: false });
    await waybill.sandbox.fault({ kind: 'download-error', code: 410 });
    const gone = await received('document', await sampleFiles.document());
    expect(await forward(gone)).toMatchObject(unavailable);
    const again = { to: `+${other.number}`, type: 'document', document: { mediaId: fileOf(gone).mediaId } };
    expect(await client.post(again)).toMatchObject(unavailable);
    await waybill.sandbox.ask(`PATCH /phones/${client.session.phone.number}`, { keepsFiles: true });
    await set('always');
  });

  it.each(['image', 'video', 'audio'] as const)(
    'to be viewed once can be had, and is not forwarded: %s',
    async (type) => {
      const message = await received(type, await sampleFiles[type](), { viewOnce: true });
      expect(fileOf(message)).toMatchObject({ viewOnce: true });
      await eventually(async () => (await client.call(`GET /v1/media/${fileOf(message).mediaId}`)).status === 200);
      expect(await forward(message)).toMatchObject({ status: 409, body: { code: 'message_not_forwardable' } });
    },
  );
});
