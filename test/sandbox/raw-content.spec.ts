import { createDecipheriv, hkdfSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto, type WAMessage } from '@whiskeysockets/baileys';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import { ControlledShop, jidOfNumber } from './support/controlled-shop.js';
import { waitUntil } from './support/wait-until.js';

describe('content that phones send beyond the common kinds', () => {
  let scene: ControlledShop;

  beforeAll(async () => {
    scene = await ControlledShop.start();
  });
  afterAll(() => scene.stop());

  const send = (body: object) => scene.api.send(`/phones/${scene.ada}/messages`, { to: scene.shop, ...body }, message);
  const received = (id: string): Promise<WAMessage> =>
    waitUntil(`the client receives ${id}`, () => scene.client.messages.find(({ key }) => key.id === id));

  it.each([
    ['a template', { templateMessage: { hydratedTemplate: { hydratedContentText: 'words' } } }],
    ['an interactive message', { interactiveMessage: { body: { text: 'words' }, nativeFlowMessage: { buttons: [] } } }],
    ['buttons', { buttonsMessage: { contentText: 'words', headerType: 'EMPTY', buttons: [] } }],
    ['a list', { listMessage: { title: 'Menu', description: 'words', buttonText: 'Open', listType: 'SINGLE_SELECT' } }],
    ['a tap on a button', { buttonsResponseMessage: { selectedButtonId: 'b1', selectedDisplayText: 'words' } }],
    ['a choice from a list', { listResponseMessage: { title: 'words', singleSelectReply: { selectedRowId: 'r1' } } }],
    ['a tap in a template', { templateButtonReplyMessage: { selectedId: 't1', selectedDisplayText: 'words' } }],
    ['an answer to a flow', { interactiveResponseMessage: { body: { text: 'words' } } }],
    ['a wrapper', { groupMentionedMessage: { message: { conversation: 'words' } } }],
    ['bytes', { stickerMessage: { mediaKey: Buffer.alloc(32, 7).toString('base64'), mimetype: 'words' } }],
  ])('is sent as it is: %s', async (_what, raw) => {
    const { id } = await send({ type: 'raw', raw });
    const { message: content } = await received(id);
    expect(proto.Message.toObject(proto.Message.fromObject(content ?? {}))).toMatchObject(
      proto.Message.toObject(proto.Message.fromObject(raw)),
    );
  });

  it('has values that no phone should send', async () => {
    const location = await send({
      type: 'raw',
      raw: { locationMessage: { degreesLatitude: 'NaN', degreesLongitude: 1e300 } },
    });
    const { message: place } = await received(location.id);
    expect(place?.locationMessage).toMatchObject({ degreesLatitude: NaN, degreesLongitude: 1e300 });
    const huge = await send({ type: 'raw', raw: { conversation: 'x'.repeat(300_000) } });
    expect((await received(huge.id)).message?.conversation).toHaveLength(300_000);
    const empty = await send({ type: 'raw', raw: {} });
    expect(empty.type).toBe('unknown');
  });

  it.each([
    [{ textMessage: {} }, 'textMessage is not a field of a message'],
    [{ locationMessage: 'here' }, 'object expected'],
  ])('is refused if it is no message: %j', async (raw, reason) => {
    const answer = await scene.api.call('POST', `/phones/${scene.ada}/messages`, { to: scene.shop, type: 'raw', raw });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(reason);
  });

  it('is an edit that is sealed with the secret of the edited message', async () => {
    const { id } = await send({ type: 'text', text: 'at five' });
    const secret = (await received(id)).message?.messageContextInfo?.messageSecret;
    const edit = await send({ type: 'edit', edit: { messageId: id, text: 'at six', sealed: true } });
    expect(edit).toMatchObject({ type: 'edit', text: 'at six', target: id });
    const sealed = (await received(edit.id)).message?.secretEncryptedMessage;
    expect(sealed).toMatchObject({ targetMessageKey: { id }, secretEncType: 2 });

    const author = jidOfNumber(scene.ada);
    const info = `${id}${author}${author}Message Edit`;
    const key = Buffer.from(hkdfSync('sha256', secret!, Buffer.alloc(32), info, 32));
    const payload = Buffer.from(sealed?.encPayload ?? []);
    const decipher = createDecipheriv('aes-256-gcm', key, sealed!.encIv!).setAuthTag(payload.subarray(-16));
    const opened = proto.Message.decode(Buffer.concat([decipher.update(payload.subarray(0, -16)), decipher.final()]));
    expect(opened.protocolMessage?.editedMessage?.conversation).toBe('at six');
    expect((await scene.messagesOf(scene.shop)).at(-1)).toMatchObject({ type: 'edit', target: id });
  });

  it('reaches linked clients differently, and is resent and requested again, over the control API', async () => {
    const { id } = await send({ type: 'text', text: 'later', delivery: 'withheld', id: 'LATER-1' });
    const path = `/phones/${scene.ada}/messages/${id}/resend`;
    expect((await scene.api.call('POST', path, { sentAt: '2026-01-02T03:04:05Z' })).status).toBe(204);
    expect(Number((await received('LATER-1')).messageTimestamp)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);

    const written = await scene.write('once more');
    await scene.received(scene.ada, 'once more');
    const again = await scene.api.call('POST', `/phones/${scene.ada}/messages/${written}/request-again`);
    expect(again.status).toBe(204);
    const phone = scene.sandbox.phones.get(scene.ada);
    await waitUntil('it has arrived twice', () => phone?.messages().at(-1)?.duplicate);
  });
});
