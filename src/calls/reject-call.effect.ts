import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { NotConnected, QueryFailed } from '#lib/whatsapp';
import type { SendMessage } from '../messaging/message.contract.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { Effect } from '../platform/context-definition.js';
import { Limited } from '../platform/http/refusals.js';
import { LOG } from '../platform/tokens.js';
import { MESSENGER, type Messenger } from '../sessions/whatsapp.contract.js';
import type { RecordCallEnded, RejectCall } from './call.commands.js';
import { answerIdOf } from './call.contract.js';

/** WhatsApp lets a call ring for less. */
const maxRingMs = 60_000;

const mayRing = ({ calledAt }: RejectCall['data']): boolean => Date.now() - Date.parse(calledAt) < maxRingMs;

@Injectable()
export class RejectCallEffect implements Effect<RejectCall> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
  ) {}

  /**
   * The caller is answered also where the call was over before it could be rejected.
   * @throws {Transient} it may ring still, and the session is not connected
   */
  async run({ data }: RejectCall, context: CommandContext): Promise<readonly RecordCallEnded[]> {
    const { callId } = data;
    const attempt = await this.reject(data);
    await this.answer(data, context);
    if (attempt === 'not_connected' && mayRing(data)) throw new Transient('The session of the call is not connected');
    const end = { callId, outcome: 'rejected_here' as const, reason: null, at: new Date().toISOString() };
    return attempt === 'rejected' ? [{ type: 'RecordCallEnded', data: end }] : [];
  }

  private async reject({
    sessionId,
    callId,
    whatsappId,
    from,
  }: RejectCall['data']): Promise<'rejected' | 'refused' | 'not_connected'> {
    try {
      await this.messenger.rejectCall(sessionId, { whatsappId, from });
      return 'rejected';
    } catch (error) {
      if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
      this.log.warn({ err: error, sessionId, callId }, 'A call could not be rejected');
      return error instanceof NotConnected ? 'not_connected' : 'refused';
    }
  }

  /** A message with this id is accepted once: repeated after a crash, it is the same message. */
  private async answer(
    { callId, userId, sessionId, caller, from, answer }: RejectCall['data'],
    context: CommandContext,
  ): Promise<void> {
    if (answer === null) return;
    const to = caller.phoneNumber ?? caller.lid ?? from;
    const content = { type: 'text' as const, body: answer };
    const message = { messageId: answerIdOf(callId), userId, sessionId, to, content };
    try {
      await this.commands.execute<SendMessage>({ type: 'SendMessage', data: message }, context);
    } catch (error) {
      if (!(error instanceof DomainError || error instanceof Limited)) throw error;
      this.log.warn({ err: error, sessionId, callId }, 'The answer to a call was not accepted for sending');
    }
  }
}
