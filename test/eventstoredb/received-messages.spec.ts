import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { Person, Report } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ListMessages, MessageView } from '../../src/messaging/message-view.contract.js';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { Streams } from '../../src/platform/streams/streams.js';
import { KeepReportHandler } from '../../src/sessions/unrecorded/keep-report.handler.js';
import type { KeepReport } from '../../src/sessions/unrecorded/report.commands.js';
import type { ReportEvent } from '../../src/sessions/unrecorded/report.contract.js';
import { ReportRouter } from '../../src/sessions/whatsapp/report-router.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { writtenReport } from '../support/written-report.js';

const account = '+491701234567';
const [phoneNumber, lid] = ['+491707654321', '9491707654321@lid'];
const byBoth: Person = { jid: lid, phoneNumber, lid };
const byLid: Person = { jid: lid, phoneNumber: null, lid };
const byNumber: Person = { jid: '491707654321@s.whatsapp.net', phoneNumber, lid: null };
const byAnyName = [byBoth, byLid, byNumber] as const;

let server: EventStoreDbServer;
type Messaging = Awaited<ReturnType<typeof startMessaging>>;
/** Two processes on one log. */
let messaging: Messaging;
let elsewhere: Messaging;
let [userId, sessionId] = ['', ''];

beforeEach(async () => {
  server = await EventStoreDbServer.start();
  const variables = { EVENTSTORE_URL: server.url };
  [messaging, elsewhere] = [await startMessaging({ variables }), await startMessaging({ variables })];
  userId = await messaging.newSender(10);
  const data = {
    messageId: newId(),
    userId,
    to: '+49 170 1111111',
    content: { type: 'text', body: 'x', mentions: [] },
  };
  ({ sessionId } = (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data } as SendMessage)).message);
});

afterEach(async () => {
  await elsewhere.stop();
  await messaging.stop();
  await server.stop();
});

const received = async (count: number): Promise<readonly MessageView[]> => {
  const data = { userId, direction: 'incoming', limit: 100 } as const;
  return eventually(async () => {
    const page = await messaging.ask<ListMessages>({ type: 'ListMessages', data });
    return page.data.length === count && page.data.toReversed();
  });
};

it('a message of a person who is known reads nothing, whichever of their addresses it names', async () => {
  for (const [n, by] of byAnyName.entries()) await messaging.hear(sessionId, writtenReport(by, `first ${n}`));
  await received(3);
  const before = server.servedReads;
  for (let n = 0; n < 12; n += 1) await messaging.hear(sessionId, writtenReport(byAnyName[n % 3] as Person, String(n)));
  expect(server.servedReads - before).toBeLessThan(3); // on a busy machine, a subscription may begin anew meanwhile
  const messages = await received(15);
  expect(new Set(messages.map(({ chatId }) => chatId)).size).toBe(1);
});

/** What is kept of reports in the sessions. */
const keepReports = (): KeepReport['data'][] => {
  const [commands, streams] = [messaging.part(CommandBus), messaging.part(Streams)];
  const kept: KeepReport['data'][] = [];
  const handler = new KeepReportHandler(commands, streams);
  commands.route('KeepReport', async (command, context) => {
    await handler.execute(command as KeepReport, context);
    kept.push((command as KeepReport).data);
  });
  return kept;
};

it('a message that the server does not take is kept, and on record as one of its kind', async () => {
  const kept = keepReports();
  const contacts = Array.from({ length: 100 }, (_, n) => ({ name: `${n}`, vcard: 'ж'.repeat(8000) }));
  const report = writtenReport(byNumber, '') as Extract<Report, { readonly kind: 'message' }>;
  const message = { ...report.message, content: { type: 'contact', contacts } } as const;
  await messaging.hear(sessionId, { ...report, message });
  expect(kept).toHaveLength(1);
  const record = server.log.records.find(({ type }) => type === 'ReportNotRecorded');
  const { report: text, reason, heardAt } = JSON.parse(Buffer.from(record!.data).toString()) as ReportEvent['data'];
  expect(reason).toMatch(/larger than the server allows.*cut/);
  await messaging.part(ReportRouter).recordKept(sessionId, JSON.parse(text) as Report, heardAt);
  expect(await received(1)).toMatchObject([{ content: { type: 'unsupported', rawType: 'contact' } }]);
});

it('what another process learns about a person who is known here counts for the next message', async () => {
  const named = '+491707654322';
  await messaging.hear(sessionId, writtenReport(byLid, 'first'));
  const [first] = await received(1);
  expect(first?.from).toBe(lid);

  await elsewhere.learn({ userId, sessionId, account }, { phoneNumber: named, lid });
  let heard = 1;
  await eventually(async () => {
    await messaging.hear(sessionId, writtenReport(byLid, String((heard += 1))));
    return (await received(heard)).at(-1)?.from === named;
  });
  expect(new Set((await received(heard)).map(({ chatId }) => chatId)).size).toBe(1);
});
