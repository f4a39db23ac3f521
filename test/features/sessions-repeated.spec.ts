import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { react, type EventCodec } from '#lib/event-sourcing';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { CODEC } from '../../src/platform/tokens.js';
import { connectionSaga } from '../../src/sessions/connection.saga.js';
import { slotsSaga } from '../../src/sessions/slots.saga.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Answer, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { ControlledSandbox, type SandboxPhone } from '../support/waybill-sandbox.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let sandbox: ControlledSandbox;
let service: HttpService;
let key: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  sandbox = await ControlledSandbox.start(join(directory.path, 'sandbox.json'));
  const variables = {
    WAYBILL_WHATSAPP: 'sandbox',
    WAYBILL_SANDBOX_URL: sandbox.url,
    WAYBILL_SANDBOX_CA: await (await fetch(`${sandbox.controlUrl}/ca.pem`)).text(),
  };
  service = await startHttp(directory.path, { variables });
  const token = await service.logIn();
  const limits = { maxSessions: 20, requestsPerMinute: 100_000 };
  const user = await service.call('POST /v1/admin/users', {
    token,
    body: { name: 'Ana', email: 'ana@example.com', limits },
  });
  const issued = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, { token, body: { name: 'test' } });
  key = issued.body.secret as string;
}, 240_000);

afterAll(async () => {
  await service.app.close();
  await sandbox.stop();
  await directory.remove();
});

const ask = (route: string, body?: object): Promise<Answer> => service.call(route, { key, ...(body && { body }) });

const until = (id: string, status: string): Promise<unknown> =>
  eventually(async () => (await ask(`GET /v1/sessions/${id}`)).body.status === status, 60_000);

const scan = async (id: string, phone: SandboxPhone): Promise<void> => {
  const qr = await eventually(async () => {
    const answer = await ask(`GET /v1/sessions/${id}/qr`);
    return answer.status === 200 && (answer.body.qr as string);
  }, 60_000);
  await sandbox.scan(phone.number, qr);
  await until(id, 'connected');
};

type Linked = { readonly id: string; readonly phone: SandboxPhone };

const link = async (): Promise<Linked> => {
  const { id } = (await ask('POST /v1/sessions', {})).body as { readonly id: string };
  const phone = await sandbox.newPhone();
  await scan(id, phone);
  return { id, phone };
};

const connectedAt = async (id: string): Promise<string> => (await ask(`GET /v1/sessions/${id}`)).body.connectedAt;

/** Does something that makes a connected session connect again, and waits until it has. */
const reconnected = async ({ id }: Linked, work: () => Promise<unknown>): Promise<void> => {
  const before = await connectedAt(id);
  await work();
  await eventually(async () => ((await connectedAt(id)) ?? '') > before, 60_000);
};

/** One session for each way that leads to where a session can be. */
const sessionsOfAllKinds = async (): Promise<{ readonly connected: readonly Linked[] }> => {
  const [plain, restarted, dropped, relinked, stopped, loggedOut, deleted] = [
    await link(),
    await link(),
    await link(),
    await link(),
    await link(),
    await link(),
    await link(),
  ];
  await reconnected(restarted, () => ask(`POST /v1/sessions/${restarted.id}/restart`));
  await reconnected(dropped, () => sandbox.fault({ kind: 'drop', number: dropped.phone.number }));
  await ask(`POST /v1/sessions/${relinked.id}/logout`);
  await ask(`POST /v1/sessions/${relinked.id}/restart`);
  await scan(relinked.id, relinked.phone);
  await ask(`POST /v1/sessions/${stopped.id}/stop`);
  await ask(`POST /v1/sessions/${loggedOut.id}/logout`);
  await ask(`DELETE /v1/sessions/${deleted.id}`);
  const devices = async ({ phone }: Linked) => (await sandbox.phone(phone.number)).devices;
  await eventually(async () => (await devices(stopped))[0]?.connected === false);
  for (const gone of [loggedOut, deleted]) await eventually(async () => (await devices(gone)).length === 0);
  await eventually(async () => (await sessionEvents()).includes('SessionSlotReleased'));
  return { connected: [plain, restarted, dropped, relinked] };
};

/** Gives every command again that the sagas of sessions ever gave, as they do when their progress is lost. */
const reactAgain = async (): Promise<void> => {
  const events = await service.app.get<EventCodec>(CODEC).decode(await service.events());
  const commands = service.app.get(CommandBus);
  const context = CommandContext.new({ kind: 'system', id: 'test' });
  for (const event of events) {
    for (const saga of [connectionSaga, slotsSaga]) {
      for (const command of react(saga, event)) await commands.execute(command, context);
    }
  }
};

const sessionEvents = async (): Promise<readonly string[]> =>
  (await service.events()).filter(({ stream }) => stream.startsWith('session-')).map(({ type }) => type);

type Transcript = {
  readonly entries: readonly { readonly direction: string; readonly stanza: { readonly tag: string } }[];
};

it('sessions stay as they are, and connected, when all that their sagas ever did is done again', async () => {
  const { connected } = await sessionsOfAllKinds();
  const before = await sessionEvents();
  await sandbox.ask('PUT /transcript', { enabled: true, capacity: 100_000 });

  const receiver = await sandbox.newPhone();
  const send = async ({ id }: Linked): Promise<string> => {
    const text = { sessionId: id, to: `+${receiver.number}`, type: 'text', text: { body: `from ${id}` } };
    return (await ask('POST /v1/messages', text)).body.id as string;
  };
  const sent = Promise.all(connected.map(send));
  await reactAgain();
  for (const id of await sent) {
    await eventually(async () => (await ask(`GET /v1/messages/${id}`)).body.status !== 'queued', 60_000);
  }

  const { entries } = await sandbox.ask<Transcript>('GET /transcript');
  expect(entries.filter(({ stanza }) => stanza.tag === 'message').length).toBeGreaterThan(0);
  expect(entries.filter(({ stanza }) => stanza.tag === 'success')).toEqual([]);
  for (const { phone } of connected) {
    expect((await sandbox.phone(phone.number)).devices).toMatchObject([{ connected: true }]);
  }
  expect(await sessionEvents()).toEqual(before);
  expect((await sandbox.messages(receiver.number)).length).toBe(connected.length);
}, 300_000);
