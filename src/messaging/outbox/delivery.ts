import { Inject, Injectable } from '@nestjs/common';
import { NotConnected, parseRecipient, QueryFailed, SendFailed, type OutgoingMessage } from '#lib/whatsapp';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { HoldReason } from '../message.contract.js';
import type { Order } from '../message.decider.js';
import { MessageStreams, type RecordedMessage } from '../message-streams.js';
import { Recorder, type Origin } from '../recorder.js';
import { failures, isRefusedForGood, isSilentTooLong, waitAfter, waits } from './attempt.rules.js';
import { Confirmations } from './confirmations.js';
import { NumberChecks } from './number-checks.js';
import { SentIds } from './sent-ids.js';
import type { Entry, Verdict } from './session-queue.js';

type Failure = { readonly code: string; readonly reason: string; readonly retryable: boolean };

/** One attempt at a message: looks into the log whether it is still to leave, checks the number, sends, and records what came of it. */
@Injectable()
export class Delivery {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly streams: MessageStreams,
    private readonly checks: NumberChecks,
    private readonly confirmations: Confirmations,
    private readonly sentIds: SentIds,
    private readonly recorder: Recorder,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Never rejects. */
  async attempt(entry: Entry): Promise<Verdict> {
    try {
      const recorded = await this.streams.read(entry.messageId);
      if (recorded.message.status !== 'queued') return done;
      return await this.deliver(entry, recorded.message.order, originOf(recorded));
    } catch (error) {
      this.log.error({ err: error, messageId: entry.messageId }, 'A message could not be tried');
      return this.again(entry);
    }
  }

  private async deliver(entry: Entry, order: Order, origin: Origin): Promise<Verdict> {
    const jid = await this.addressOf(entry, order, origin);
    if (typeof jid !== 'string') return jid;
    const { messageId, sessionId, whatsappId, content, replyTo } = order;
    const message: OutgoingMessage = { whatsappId, to: jid, content, ...(replyTo && { replyTo }) };
    this.sentIds.note(sessionId, whatsappId, messageId);
    const mayHaveLeftBefore = entry.mayHaveLeft;
    entry.mayHaveLeft = true;
    try {
      const { sentAt } = await this.confirmations.orElse(messageId, this.messenger.send(sessionId, message));
      const recorded = this.recorder.record({ type: 'RecordMessageSent', data: { messageId, at: sentAt } }, origin);
      return { next: 'done', recorded };
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      if (error.outcome.kind === 'not_sent') entry.mayHaveLeft = mayHaveLeftBefore;
      return await this.afterFailure(entry, error, sessionId, origin);
    }
  }

  private async afterFailure(
    entry: Entry,
    { outcome, message }: SendFailed,
    sessionId: string,
    origin: Origin,
  ): Promise<Verdict> {
    switch (outcome.kind) {
      case 'not_sent':
        return { next: 'when_open' };
      case 'refused': {
        const { refusal } = outcome;
        if (isRefusedForGood(refusal, entry.failures)) return this.fail(entry, failures.refused(refusal), origin);
        entry.mayHaveLeft = false;
        await this.hold(entry, 'whatsapp_busy', `${refusal.reason} It is tried again.`, origin);
        return this.again(entry);
      }
      case 'unknown': {
        if (isSilentTooLong(entry.failures)) return this.fail(entry, failures.silence, origin);
        this.log.warn({ messageId: entry.messageId, detail: message }, 'A message was not confirmed');
        await this.hold(entry, 'unconfirmed', waits.unconfirmed, origin);
        if (this.connections.isOpen(sessionId)) return this.again(entry);
        entry.failures += 1;
        return { next: 'when_open' };
      }
    }
  }

  /** Where a message goes, or what to do where that is not known. Only phone numbers need to be asked for. */
  private async addressOf(entry: Entry, { sessionId, to, chat }: Order, origin: Origin): Promise<string | Verdict> {
    const recipient = parseRecipient(to);
    if (recipient?.kind !== 'person') return chat;
    try {
      const { jid } = await this.checks.of(sessionId, recipient.phoneNumber);
      return jid ?? (await this.fail(entry, failures.notOnWhatsApp, origin));
    } catch (error) {
      if (error instanceof NotConnected) return { next: 'when_open' };
      if (!(error instanceof QueryFailed)) throw error;
      if (isSilentTooLong(entry.failures)) return this.fail(entry, failures.unchecked(error.message), origin);
      await this.hold(entry, 'whatsapp_busy', 'WhatsApp has not said whether it knows the number.', origin);
      return this.again(entry);
    }
  }

  private async fail({ messageId }: Entry, failure: Failure, origin: Origin): Promise<Verdict> {
    const data = { messageId, ...failure, at: now() };
    return { next: 'done', recorded: this.recorder.record({ type: 'RecordMessageFailed', data }, origin) };
  }

  private async hold({ messageId }: Entry, why: HoldReason, detail: string, origin: Origin): Promise<void> {
    await this.recorder.record({ type: 'HoldMessage', data: { messageId, why, detail, at: now() } }, origin);
  }

  private again(entry: Entry): Verdict {
    entry.failures += 1;
    return { next: 'after', milliseconds: waitAfter(entry.failures, Math.random()) };
  }
}

const done: Verdict = { next: 'done', recorded: Promise.resolve() };

const now = (): string => new Date().toISOString();

const originOf = ({ events }: RecordedMessage): Origin => {
  const last = events.at(-1);
  if (!last) throw new Error('A message that is queued has events');
  return { correlationId: last.metadata.correlationId, causationId: last.id };
};
