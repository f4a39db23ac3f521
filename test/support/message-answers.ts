import type { INestApplication } from '@nestjs/common';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { ReportRouter } from '../../src/sessions/whatsapp/report-router.js';
import { eventually } from './eventually.js';
import type { Answer, Call } from './http.js';
import { writtenReport } from './written-report.js';

type Asking = {
  readonly app: Pick<INestApplication, 'get'>;
  readonly sessionId: string;
  /** Asks as the user whose session it is. */
  readonly user: (route: string, body?: unknown, headers?: Call['headers']) => Promise<Answer>;
};

/** Asks for everything that can be done to messages, in a service whose session is never connected. Answers the codes of the refusals. */
export const askAboutChanges = async ({ app, sessionId, user }: Asking): Promise<readonly string[]> => {
  const commands = app.get(CommandBus);
  const context = CommandContext.new({ kind: 'system', id: 'test' });
  const now = new Date().toISOString();
  const text = { to: '+49 170 7654321', type: 'text', text: { body: 'Hello' }, sessionId };
  const accepted = async (): Promise<string> => (await user('POST /v1/messages', text)).body.id;

  const sent = await accepted();
  const tooEarly = await user(`DELETE /v1/messages/${sent}`);
  await commands.execute({ type: 'RecordMessageSent', data: { messageId: sent, at: now, whatsappAt: now } }, context);
  for (const key of ['f', 'f']) {
    await user(`POST /v1/messages/${sent}/forward`, { to: '+49 170 7654321' }, { 'idempotency-key': key });
  }
  await user(`PATCH /v1/messages/${sent}`, { text: { body: 'Hello!' } });
  await user(`DELETE /v1/messages/${sent}`);

  const failed = await accepted();
  const notFailed = await user(`POST /v1/messages/${failed}/retry`);
  const failure = { messageId: failed, code: 'unconfirmed', reason: 'Who knows.', retryable: true, at: now };
  await commands.execute({ type: 'RecordMessageFailed', data: failure }, context);
  await user(`POST /v1/messages/${failed}/retry`);

  const ada = { jid: '491701111111@s.whatsapp.net', phoneNumber: '+491701111111', lid: null };
  await app.get(ReportRouter).hear(sessionId, writtenReport(ada, 'Hello'));
  const received = await eventually(async () => {
    const [newest] = (await user('GET /v1/messages?direction=incoming')).body.data;
    return newest ?? false;
  });
  await user(`POST /v1/messages/${received.id}/read`);
  await user(`POST /v1/messages/${received.id}/played`);
  const chat = `/v1/chats/${received.chatId}`;
  await user('GET /v1/chats?q=ada&unread=true');
  await user(`GET ${chat}`);
  await user(`GET ${chat}/messages`);
  for (const action of ['read', 'unread', 'archive', 'unarchive']) await user(`POST ${chat}/${action}`);
  await user(`PUT ${chat}/presence`, { state: 'typing' });
  return [tooEarly.body.code, notFailed.body.code];
};
