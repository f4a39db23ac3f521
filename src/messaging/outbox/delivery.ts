import { Inject, Injectable } from '@nestjs/common';
import { NotConnected, parseRecipient, QueryFailed, SendFailed, type OutgoingMessage } from '#lib/whatsapp';
import type { Log } from '#lib/subscriptions';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { AcceptedMessage, HoldReason } from '../message.contract.js';
import { messageDecider } from '../message.decider.js';
import { Recorder, type Origin } from '../recorder.js';
import {
  attemptWaitMs,
  failures,
  holdDetails,
  isRefusedForGood,
  isUnansweredForGood,
  type Failure,
} from './attempt.rules.js';
import { Confirmations } from './confirmations.js';
import { NumberChecks } from './number-checks.js';
import type { AttemptResult, QueueEntry } from './session-queue.js';
import { WhatsAppIds } from './whatsapp-ids.js';

/** One attempt at a message: reads in the log whether it is still to be sent, checks the number, sends, and records the outcome. */
@Injectable()
export class Delivery {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly streams: Streams,
    private readonly checks: NumberChecks,
    private readonly confirmations: Confirmations,
    private readonly whatsappIds: WhatsAppIds,
    private readonly recorder: Recorder,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Never rejects. */
  async attempt(entry: QueueEntry): Promise<AttemptResult> {
    try {
      const { state, last } = await this.streams.state(messageDecider, entry.messageId);
      if (state.status !== 'queued' || !last) return done;
      const origin = { correlationId: last.correlationId, causationId: last.id };
      return await this.deliver(entry, state.accepted, origin);
    } catch (error) {
      this.log.error({ err: error, messageId: entry.messageId }, 'An attempt to send a message failed');
      return this.retry(entry);
    }
  }

  private async deliver(entry: QueueEntry, accepted: AcceptedMessage, origin: Origin): Promise<AttemptResult> {
    const jid = await this.jidOf(entry, accepted, origin);
    if (typeof jid !== 'string') return jid;
    const { messageId, sessionId, whatsappId, content, replyTo } = accepted;
    const message: OutgoingMessage = { whatsappId, to: jid, content, ...(replyTo && { replyTo }) };
    this.whatsappIds.note(sessionId, whatsappId, messageId);
    const wasMaybeSent = entry.maybeSent;
    entry.maybeSent = true;
    try {
      const { sentAt } = await this.confirmations.orElse(messageId, this.messenger.send(sessionId, message));
      const recorded = this.recorder.record({ type: 'RecordMessageSent', data: { messageId, at: sentAt } }, origin);
      return { next: 'done', recorded };
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      if (error.outcome.kind !== 'unknown') entry.maybeSent = wasMaybeSent;
      return await this.afterFailure(entry, error, sessionId, origin);
    }
  }

  private async afterFailure(
    entry: QueueEntry,
    { outcome, message }: SendFailed,
    sessionId: string,
    origin: Origin,
  ): Promise<AttemptResult> {
    switch (outcome.kind) {
      case 'not_sent':
        return { next: 'retry_when_open' };
      case 'refused': {
        const { refusal } = outcome;
        if (isRefusedForGood(refusal, entry.failures)) return this.fail(entry, failures.refused(refusal), origin);
        await this.hold(entry, 'whatsapp_busy', `${refusal.reason} It is sent again.`, origin);
        return this.retry(entry);
      }
      case 'unknown': {
        if (isUnansweredForGood(entry.failures)) return this.fail(entry, failures.unconfirmed, origin);
        this.log.warn({ messageId: entry.messageId, detail: message }, 'A message was not confirmed');
        await this.hold(entry, 'unconfirmed', holdDetails.unconfirmed, origin);
        if (this.connections.isOpen(sessionId)) return this.retry(entry);
        entry.failures += 1;
        return { next: 'retry_when_open' };
      }
    }
  }

  /** The jid to send to, or what follows where it cannot be found out. Only phone numbers need to be looked up. */
  private async jidOf(
    entry: QueueEntry,
    { sessionId, to, chat }: AcceptedMessage,
    origin: Origin,
  ): Promise<string | AttemptResult> {
    const recipient = parseRecipient(to);
    if (recipient?.kind !== 'person') return chat;
    try {
      const { jid } = await this.checks.of(sessionId, recipient.phoneNumber);
      return jid ?? (await this.fail(entry, failures.notOnWhatsApp, origin));
    } catch (error) {
      if (error instanceof NotConnected) return { next: 'retry_when_open' };
      if (!(error instanceof QueryFailed)) throw error;
      if (isUnansweredForGood(entry.failures)) return this.fail(entry, failures.unchecked(error.message), origin);
      await this.hold(entry, 'whatsapp_busy', 'WhatsApp has not answered whether the number is on WhatsApp.', origin);
      return this.retry(entry);
    }
  }

  private async fail({ messageId }: QueueEntry, failure: Failure, origin: Origin): Promise<AttemptResult> {
    const data = { messageId, ...failure, at: now() };
    return { next: 'done', recorded: this.recorder.record({ type: 'RecordMessageFailed', data }, origin) };
  }

  private async hold({ messageId }: QueueEntry, why: HoldReason, detail: string, origin: Origin): Promise<void> {
    await this.recorder.record({ type: 'HoldMessage', data: { messageId, why, detail, at: now() } }, origin);
  }

  private retry(entry: QueueEntry): AttemptResult {
    entry.failures += 1;
    return { next: 'retry_after', waitMs: attemptWaitMs(entry.failures, Math.random()) };
  }
}

const done: AttemptResult = { next: 'done', recorded: Promise.resolve() };

const now = (): string => new Date().toISOString();
