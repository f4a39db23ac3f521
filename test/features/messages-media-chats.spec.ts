import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(() => waybill.end());

type OnPhone = { readonly id: string; readonly direction: string; readonly media?: { readonly sha256: string } };

const sendPicture = async (to: string, bytes: Buffer): Promise<string> => {
  const answer = await client.post({ to, type: 'image', image: { data: bytes.toString('base64') } });
  expect([answer.status, answer.body.code]).toEqual([202, undefined]);
  return answer.body.id as string;
};

/** Waits until a phone has the file; whether it can open it, and it is whole. */
const arrived = async (phone: SandboxPhone, bytes: Buffer): Promise<boolean> => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const found = await eventually(
    async () =>
      (await waybill.sandbox.messages<OnPhone>(phone.number)).find(({ media }) => media?.sha256 === sha256) ?? false,
  );
  return bytes.equals(await waybill.sandbox.file(phone.number, found.id));
};

/** Waits until a message is shown as delivered to all of these. */
const confirmedBy = async (id: string, phones: readonly SandboxPhone[]): Promise<void> => {
  type Told = { readonly receipts?: readonly { readonly phoneNumber: string; readonly status: string }[] };
  const receipts = await eventually(async () => {
    const { receipts: told = [] } = (await client.get(id)) as Told;
    return told.length === phones.length && told;
  });
  expect(new Set(receipts.map(({ phoneNumber }) => phoneNumber))).toEqual(
    new Set(phones.map(({ number }) => `+${number}`)),
  );
  for (const { status } of receipts) expect(status).toBe('delivered');
};

describe('a file', () => {
  it('is sent to a group: every member can open it', async () => {
    const eve = await waybill.sandbox.newPhone({ name: 'Eve' });
    const participants = [client.session.phone.number, eve.number];
    const group = { subject: 'Parcels', participants };
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${friend.number}/groups`, group);
    const bytes = await sampleFiles.image();
    const id = await sendPicture(jid, bytes);
    expect(await arrived(friend, bytes)).toBe(true);
    expect(await arrived(eve, bytes)).toBe(true);
    await confirmedBy(id, [friend, eve]);
    // WhatsApp joins the receipts of many members.
    await waybill.sandbox.fault({ kind: 'join-receipts', number: client.session.phone.number });
    const text = await client.post({ to: jid, type: 'text', text: { body: 'To all of you' } });
    await confirmedBy(text.body.id as string, [friend, eve]);
    expect(await waybill.sandbox.ask<readonly object[]>('GET /faults')).toEqual([]);
  });

  it('is sent to a LID', async () => {
    const stranger = await waybill.sandbox.newPhone({ name: 'Bob' });
    const bytes = await sampleFiles.image();
    await sendPicture(`${stranger.lid}@lid`, bytes);
    expect(await arrived(stranger, bytes)).toBe(true);
  });
});

describe('a caption that is edited on a phone', () => {
  type Shown = { readonly id: string; readonly editedAt: string | null; readonly image: Record<string, unknown> };
  const editOn = async (phone: SandboxPhone, to: string, edit: object): Promise<void> => {
    await waybill.sandbox.ask(`POST /phones/${phone.number}/messages`, { to, type: 'edit', edit });
  };
  const once = (direction: string, isRight: (shown: Shown) => boolean): Promise<Shown> =>
    eventually(async () => {
      const { body } = await client.list({ chat: `+${author.number}`, direction });
      return (body as { readonly data: readonly Shown[] }).data.find(isRight) ?? false;
    });
  let author: SandboxPhone;

  it.each([
    ['alone', {}],
    ['sealed', { sealed: true }],
    ['with all of the file', { wholeFile: true }],
  ])('leaves the received file in its message: %s', async (_how, how) => {
    author = await waybill.sandbox.newPhone();
    const bytes = await sampleFiles.image();
    const to = client.session.phone.number;
    const image = { data: bytes.toString('base64'), caption: 'Old' };
    const message = { to, type: 'image', image };
    const { id } = await waybill.sandbox.ask<{ readonly id: string }>(
      `POST /phones/${author.number}/messages`,
      message,
    );
    const before = await once('incoming', (shown) => shown.image['state'] === 'ready');
    await editOn(author, to, { messageId: id, text: 'New', ...how });
    const after = await once('incoming', ({ editedAt }) => editedAt !== null);
    expect(after).toMatchObject({ id: before.id, type: 'image', image: { ...before.image, caption: 'New' } });
    const media = new MediaClient(waybill, client.session.user.key);
    expect((await media.download(after.image['mediaId'] as string)).bytes.equals(bytes)).toBe(true);
  });

  it('leaves the file that was sent from here, which is forwarded with the new words', async () => {
    author = await waybill.sandbox.newPhone();
    const bytes = await sampleFiles.image();
    const id = await sendPicture(`+${author.number}`, bytes);
    const { image: before } = (await client.until(id, 'delivered')) as unknown as Shown;
    const [onPhone] = await waybill.sandbox.messages<OnPhone>(author.number);
    await editOn(client.session.phone, author.number, { messageId: onPhone!.id, text: 'New', wholeFile: true });
    const after = await once('outgoing', ({ editedAt }) => editedAt !== null);
    expect(after).toMatchObject({ id, type: 'image', image: { ...before, caption: 'New' } });
    const to = `+${(await waybill.sandbox.newPhone()).number}`;
    const forwarded = await client.call(`POST /v1/messages/${id}/forward`, { body: { to } });
    expect(forwarded.body).toMatchObject({ image: { caption: 'New', mediaId: before['mediaId'] } });
    await client.until(forwarded.body.id as string, 'delivered');
  });
});

describe('while a file is uploaded', () => {
  it('other chats go on, and its message can be canceled', async () => {
    await waybill.sandbox.fault({ kind: 'upload-hang' });
    const id = await sendPicture(`+${friend.number}`, await sampleFiles.image());
    await eventually(async () => (await waybill.sandbox.ask<readonly object[]>('GET /faults')).length === 0);
    const others = await Promise.all(Array.from({ length: 3 }, () => waybill.sandbox.newPhone()));
    for (const other of others) {
      const bytes = await sampleFiles.image();
      await client.until(await sendPicture(`+${other.number}`, bytes), 'delivered');
      expect(await arrived(other, bytes)).toBe(true);
    }
    expect((await client.get(id)).status).toBe('queued');
    const canceled = await client.call(`POST /v1/messages/${id}/cancel`);
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled']);
  });
});

describe('a picture that is too large to be sent as one', () => {
  it('is sent as a document, or scaled where that is asked for', async () => {
    const large = await newPicture('png', 1500, 1500);
    const { body: uploaded } = await new MediaClient(waybill, client.session.user.key).upload(large);
    const to = `+${friend.number}`;
    const refused = await client.post({ to, type: 'image', image: { mediaId: uploaded.id } });
    expect([refused.status, refused.body.code]).toEqual([422, 'media_too_large']);
    await client.post({ to, type: 'document', document: { mediaId: uploaded.id } });
    expect(await arrived(friend, large)).toBe(true);

    const scaled = await client.post({ to, type: 'image', image: { mediaId: uploaded.id, convert: true } });
    expect([scaled.status, scaled.body.image.mimeType]).toEqual([202, 'image/jpeg']);
    expect(scaled.body.image.size).toBeLessThan(5_242_880);
    await client.until(scaled.body.id as string, 'delivered');
    const { sha256 } = scaled.body.image;
    const all = await waybill.sandbox.messages<OnPhone>(friend.number);
    expect(all.findLast(({ media }) => media?.sha256 === sha256)).toMatchObject({
      type: 'image',
      media: { mimeType: 'image/jpeg', width: 1500, height: 1500 },
    });
  });
});
