import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { isChannel, NotConnected, QueryFailed, SendFailed, type OutgoingMessage } from '#lib/whatsapp';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { RecordChangeFailed } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';
import type { PendingChange, SentState } from '../message-state.rules.js';
import { Recorder, type Origin } from '../recorder.js';
import { changeToSend, isOvertaken, isTooLate } from '../requested-changes.rules.js';
import { Senders } from '../senders/senders.js';
import { failures, isNotSentForGood, isRefusedForGood, isUnansweredForGood, type Failure } from './attempt.rules.js';
import { Destinations, type Destination } from './destinations.js';
import { waitAfterFailure, waitAfterStoreFailure, type QueueEntry } from './queue-entry.js';
import type { AttemptResult } from './session-queue.js';

/** A change of a message that is to be sent. */
export type ChangeEntry = QueueEntry & { readonly changeId: string };

type Attempt = {
  readonly entry: ChangeEntry;
  readonly message: SentState;
  readonly change: PendingChange;
  readonly origin: Origin;
};

/**
 * One attempt at a change of a message: reads in the log whether it is still to be sent, sends it, and records how that ended. Unlike a message,
 * a change cannot be canceled, so that the attempt itself is not recorded: sending it twice, with the same id, changes nothing. WhatsApp refuses to
 * delete a post in a channel twice, which counts as done.
 */
@Injectable()
export class ChangeDelivery {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly streams: Streams,
    private readonly destinations: Destinations,
    private readonly recorder: Recorder,
    private readonly senders: Senders,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Never rejects. */
  async attempt(entry: ChangeEntry): Promise<AttemptResult> {
    try {
      const { state, last, position } = await this.streams.state(messageDecider, entry.messageId);
      const change = 'pending' in state ? state.pending.find(({ changeId }) => changeId === entry.changeId) : undefined;
      if (!('pending' in state) || !change || !last) return { next: 'done', recorded: Promise.resolve() };
      const origin = { correlationId: last.correlationId, causationId: last.id };
      const attempt: Attempt = { entry, message: state, change, origin };
      if (await this.senders.isCanceled({ keyId: change.keyId, position })) {
        return this.fail(attempt, failures.keyRevoked);
      }
      return await this.send(attempt);
    } catch (error) {
      this.log.error({ err: error, messageId: entry.messageId }, 'An attempt to send a change of a message failed');
      return { next: 'retry_after', waitMs: waitAfterStoreFailure(entry) };
    }
  }

  private async send(attempt: Attempt): Promise<AttemptResult> {
    const { entry, message, change } = attempt;
    const { sessionId } = message.owner;
    const account = this.connections.account(sessionId);
    if (account === undefined) return { next: 'retry_when_open' };
    if (account !== message.sent.account) return this.fail(attempt, failures.accountChanged);
    if (isTooLate(change.kind, message, now())) {
      return this.fail(attempt, failures.tooLate(change.kind, message.sent.chat));
    }
    if (isOvertaken(change, message)) return this.fail(attempt, failures.overtaken);
    const destination = await this.destinationOf(attempt);
    if ('next' in destination) return destination;
    try {
      const { whatsappId } = message.sent;
      const { to: chat, recipients } = destination;
      const to = { whatsappId, chat, ...(recipients && { recipients }) };
      await this.messenger.send(sessionId, changeToSend(change, to) satisfies OutgoingMessage);
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      if (!isDeletedBefore(change, message, error)) return this.afterFailure(attempt, error);
    }
    const data = { messageId: entry.messageId, changeId: entry.changeId, at: now() };
    return { next: 'done', recorded: this.recorder.record({ type: 'RecordChangeSent', data }, attempt.origin) };
  }

  /** Where the message was sent to, or what follows where it cannot be found out. */
  private async destinationOf(attempt: Attempt): Promise<Destination | AttemptResult> {
    const { entry, message } = attempt;
    try {
      const found = await this.destinations.of({ ...message.owner, ...message.sent });
      return found ?? this.fail(attempt, failures.notOnWhatsApp(message.sent));
    } catch (error) {
      if (error instanceof NotConnected) return { next: 'retry_when_open' };
      if (!(error instanceof QueryFailed)) throw error;
      return isUnansweredForGood(entry.failures) ? this.fail(attempt, failures.unchecked(error.message)) : retry(entry);
    }
  }

  private afterFailure(attempt: Attempt, { outcome, message: detail }: SendFailed): AttemptResult {
    const { entry } = attempt;
    this.log.warn({ messageId: entry.messageId, detail }, 'A change of a message was not confirmed');
    switch (outcome.kind) {
      case 'not_sent':
        if (outcome.reason === undefined) return { next: 'retry_when_open' };
        return isNotSentForGood(entry.failures) ? this.fail(attempt, failures.notSent(outcome.reason)) : retry(entry);
      case 'refused':
        return isRefusedForGood(outcome.refusal, entry.failures)
          ? this.fail(attempt, failures.refused(outcome.refusal))
          : retry(entry);
      case 'unknown':
        if (isUnansweredForGood(entry.failures)) return this.fail(attempt, failures.unconfirmed);
        if (this.connections.isOpen(attempt.message.owner.sessionId)) return retry(entry);
        entry.failures += 1;
        return { next: 'retry_when_open' };
    }
  }

  private fail({ entry: { messageId, changeId }, origin }: Attempt, failure: Failure): AttemptResult {
    const command: RecordChangeFailed = {
      type: 'RecordChangeFailed',
      data: { messageId, changeId, ...failure, at: now() },
    };
    return { next: 'done', recorded: this.recorder.record(command, origin) };
  }
}

const notThere = 404;

/**
 * Whether WhatsApp refuses to delete a post because it is not there (any more). That is so where an earlier attempt succeeded and was not confirmed,
 * or the service ended before that was recorded; and where it was deleted on the phone, the post is gone, too.
 */
const isDeletedBefore = ({ kind }: PendingChange, { sent }: SentState, { outcome }: SendFailed): boolean =>
  kind === 'revocation' && isChannel(sent.chat) && outcome.kind === 'refused' && outcome.refusal.code === notThere;

const retry = (entry: ChangeEntry): AttemptResult => ({ next: 'retry_after', waitMs: waitAfterFailure(entry) });

const now = (): string => new Date().toISOString();
