import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts, type MessageBody } from '../support/messages-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

/** Slow, so that messages still wait when the backup is made. */
const variables = {
  WAYBILL_MESSAGES_PER_MINUTE: '60',
  WAYBILL_MESSAGES_JITTER: '0',
  WAYBILL_OUTBOUND_ALLOW: '127.0.0.0/8',
};

let original: Waybill;
let copy: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let receiver: WebhookReceiver;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let data: string;
let sent: readonly string[];
let scheduled: string;

const operator = (directory: string, ...words: readonly string[]) =>
  promisify(execFile)(process.execPath, ['dist/app/operator.js', ...words], {
    env: { PATH: process.env['PATH'], WAYBILL_DATA_DIR: directory },
  });

/** A message as the copy has it. */
const inCopy = async (id: string): Promise<MessageBody> =>
  (await copy.call(`GET /v1/messages/${id}`, { key: client.session.user.key })).body as MessageBody;
const waitingInCopy = async (): Promise<readonly string[]> => {
  const messages = await Promise.all([...sent, scheduled].map(inCopy));
  return messages.filter(({ status }) => status === 'queued' || status === 'scheduled').map(({ id }) => id);
};
const sessionInCopy = { status: 'stopped', reason: expect.stringMatching(/restored copy/) };
const session = async () =>
  (await copy.call(`GET /v1/sessions/${client.session.id}`, { key: client.session.user.key })).body;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  receiver = await WebhookReceiver.start();
  receiver.answer('/hook', 503);
  original = await Waybill.start(variables);
  client = await MessagesClient.link(original);
  friend = await original.sandbox.newPhone();
  const ask = (route: string, body?: unknown) => client.call(route, { body });
  await webhooksClient(ask).register(receiver.url('/hook'), ['message.sent', 'message.canceled']);
  const texts = Array.from({ length: 8 }, (_none, number) => `number ${number}`);
  sent = await Promise.all(texts.map((text) => client.send(friend, text)));
  const later = { to: `+${friend.number}`, type: 'text', text: { body: 'later' }, sessionId: client.session.id };
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  scheduled = ((await client.post({ ...later, scheduledAt })).body as MessageBody).id;
  await eventually(() => receiver.at('/hook').length > 0);

  const backup = join(temporary.path, 'backup');
  await operator(original.dataDirectory, 'backup', backup);
  data = join(temporary.path, 'copy');
  await mkdir(data);
  await cp(join(original.dataDirectory, 'master.key'), join(data, 'master.key'));
  const { stdout } = await operator(data, 'restore', backup);
  expect(stdout).toMatch(/neither connects nor sends/);
  copy = await Waybill.start(variables, original.sandbox, undefined, data);
}, 300_000);

afterAll(async () => {
  await copy.kill();
  await original.end();
  await receiver.stop();
  await temporary.remove();
});

it('says what it is, stops its sessions, and leaves those of the original alone', async () => {
  expect(copy.output()).toMatch(/copy that was restored from the backup of/);
  await eventually(async () => expect(await session()).toMatchObject(sessionInCopy));
  const detail = expect.stringMatching(/waits for an admin/);
  expect((await copy.call('GET /health/ready')).body).toMatchObject({
    parts: { restoredCopy: { status: 'up', detail } },
  });
  const system = (await copy.admin('GET /v1/admin/system')).body;
  expect(system).toMatchObject({ restored: { status: 'waiting', position: expect.any(Number), queued: null } });
  expect(system).toMatchObject({ whatsapp: { connected: 0 } });
  const restart = await copy.call(`POST /v1/sessions/${client.session.id}/restart`, { key: client.session.user.key });
  expect([restart.status, (restart.body as { code: string }).code]).toEqual([409, 'restored_copy']);
  const job = await copy.admin('POST /v1/admin/jobs/media-files/run');
  expect([job.status, (job.body as { code: string }).code]).toEqual([409, 'restored_copy']);
  await original.until(client.session.user, client.session.id, { status: 'connected' });
}, 120_000);

it('holds the messages that waited, and says why, also after a kill', async () => {
  await copy.kill();
  await copy.boot(data);
  const queued = (await waitingInCopy()).filter((id) => id !== scheduled);
  expect(queued.length).toBeGreaterThan(0);
  for (const id of queued)
    await eventually(async () => {
      const { timeline } = await inCopy(id);
      expect(timeline.at(-1)).toMatchObject({ event: 'held', detail: expect.stringMatching(/restored copy/) });
    });
  expect(await session()).toMatchObject(sessionInCopy);
}, 120_000);

it('sends nothing that the original sends meanwhile, and delivers nothing to webhooks', async () => {
  for (const id of sent) await client.until(id, 'delivered');
  await original.shutDown();
  receiver.answer('/hook', 204);
  const before = receiver.at('/hook').length;
  const { id } = (
    await copy.call('POST /v1/messages', {
      key: client.session.user.key,
      body: { to: `+${friend.number}`, type: 'text', text: { body: 'to the copy' }, sessionId: client.session.id },
    })
  ).body as MessageBody;
  await eventually(async () => expect((await inCopy(id)).timeline.at(-1)).toMatchObject({ event: 'held' }));
  sent = [...sent, id];
  expect(receiver.at('/hook').length).toBe(before);
}, 120_000);

it('cancels what waited, if an admin says so, and then goes on as any service', async () => {
  const waiting = await waitingInCopy();
  const resume = (queued: string) => copy.admin('POST /v1/admin/system/resume', { body: { queued } });
  expect((await resume('cancel')).status).toBe(202);
  expect((await resume('cancel')).status).toBe(202);
  expect((await resume('send')).body).toMatchObject({ code: 'resumed_already' });
  await copy.until(client.session.user, client.session.id, { status: 'connected' });
  const ended = await Promise.all(waiting.map(inCopy));
  expect(new Set(ended.map(({ status, error }) => error?.code ?? status))).toEqual(
    new Set(ended.some(({ error }) => error) ? ['canceled', 'canceled_after_restore'] : ['canceled']),
  );
  expect((await copy.admin('GET /v1/admin/system')).body).toMatchObject({
    restored: { status: 'resumed', queued: 'cancel' },
  });
  await eventually(() => receiver.types('/hook').includes('message.canceled'));

  const answer = await copy.call('POST /v1/messages', {
    key: client.session.user.key,
    body: { to: `+${friend.number}`, type: 'text', text: { body: 'afterwards' }, sessionId: client.session.id },
  });
  const { id } = answer.body as MessageBody;
  await eventually(async () => expect((await inCopy(id)).status).toBe('delivered'), 60_000);
  // The devices agree on new keys first, so that the message leaves twice: with one id, under which it is shown once.
  const shown = shownTexts(await original.sandbox.messages(friend.number));
  expect(shown).toEqual([...Array.from({ length: 8 }, (_none, n) => `number ${n}`), 'afterwards']);
}, 180_000);
