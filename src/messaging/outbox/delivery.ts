import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { isChannel, NotConnected, QueryFailed, SendFailed, type OutgoingMessage } from '#lib/whatsapp';
import { FileMissing } from '#lib/media-files';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { BeginAttempt, MessageCommand } from '../message.commands.js';
import { isSentMedia, type SentMedia } from '../content/media.content.js';
import type { HoldReason } from '../hold-reason.contract.js';
import type { AcceptedMessage } from '../message.contract.js';
import { messageDecider } from '../message.decider.js';
import { LinkPreviews } from '../previews/link-previews.js';
import { contextOf, Recorder, type Origin } from '../recorder.js';
import { Senders } from '../senders/senders.js';
import {
  attemptWaitMs,
  failures,
  holdDetails,
  isNotSentForGood,
  isRefusedForGood,
  isUnansweredForGood,
  whyFileUnavailable,
  whyNotUploaded,
  type Failure,
} from './attempt.rules.js';
import { Confirmations } from './confirmations.js';
import { Destinations, type Destination } from './destinations.js';
import { FileUploads } from './file-uploads.js';
import { sendableOf, usableUpload, type Made } from './sendable.rules.js';
import { waitAfterFailure, waitAfterStoreFailure, type QueueEntry } from './queue-entry.js';
import type { AttemptResult } from './session-queue.js';
import { toldHold, withTold } from './told-holds.rules.js';
import { WhatsAppIds } from './whatsapp-ids.js';

/** An attempt that is being made. */
type Attempt = {
  readonly entry: QueueEntry;
  readonly accepted: AcceptedMessage;
  readonly origin: Origin;
  readonly made: Made;
  /** Where it fails for certain, nothing has left: no earlier attempt may have succeeded. */
  readonly isOnly: boolean;
};

/**
 * One attempt at a message: reads in the log whether it is still to be sent, checks the number, records that it is attempted, sends, and
 * records the outcome.
 */
@Injectable()
export class Delivery {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    private readonly destinations: Destinations,
    private readonly uploads: FileUploads,
    private readonly previews: LinkPreviews,
    private readonly confirmations: Confirmations,
    private readonly whatsappIds: WhatsAppIds,
    private readonly recorder: Recorder,
    private readonly senders: Senders,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Never rejects. */
  async attempt(entry: QueueEntry): Promise<AttemptResult> {
    try {
      const { state, last, position } = await this.streams.state(messageDecider, entry.messageId);
      if (state.status !== 'queued' || !last) return done;
      const origin = { correlationId: last.correlationId, causationId: last.id };
      const { keyId } = state.accepted;
      const mayHaveLeft = state.mayHaveLeft && !entry.hasBegunUnheard;
      if (!mayHaveLeft && (await this.senders.isCanceled({ keyId, position }))) {
        return { next: 'done', recorded: this.recorder.record(canceled(entry.messageId), origin) };
      }
      const made = { upload: usableUpload(state.upload, now()), preview: state.preview };
      const attempt = { entry, accepted: state.accepted, made, origin, isOnly: !mayHaveLeft };
      if (mayHaveLeft && isPostedTwice(state.accepted)) return await this.fail(attempt, failures.unconfirmedPost);
      return await this.deliver(attempt);
    } catch (error) {
      this.log.error({ err: error, messageId: entry.messageId }, 'An attempt to send a message failed');
      return { next: 'retry_after', waitMs: waitAfterStoreFailure(entry) };
    }
  }

  private async deliver(planned: Attempt): Promise<AttemptResult> {
    const destination = await this.destinationOf(planned);
    if ('next' in destination) return destination;
    const { messageId, sessionId, account, whatsappId, content, replyTo, forwarded } = planned.accepted;
    const linkedAccount = this.connections.account(sessionId);
    if (linkedAccount === undefined) return { next: 'retry_when_open' };
    if (linkedAccount !== account) return this.fail(planned, failures.accountChanged);
    const sendable = sendableOf(content, planned.made);
    if (!sendable) return { next: 'retry_after_work', work: this.prepare(planned) };
    const { leftOut, ...reached } = destination;
    const attempt = await this.begin(planned, leftOut);
    if (!attempt) return done;
    if (this.connections.account(sessionId) !== account) return this.notSent(attempt);
    const quoted = replyTo && { replyTo: { ...replyTo, chat: reached.to } };
    const message: OutgoingMessage = { whatsappId, ...reached, content: sendable, forwarded, ...quoted };
    this.whatsappIds.note(planned.accepted);
    planned.entry.hasBegunUnheard = false;
    try {
      const { sentAt } = await this.confirmations.orElse(messageId, this.messenger.send(sessionId, message));
      const recorded = this.recorder.record(sent(messageId, sentAt), attempt.origin);
      return { next: 'done', recorded, outcome: 'sent' };
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      return await this.afterFailure(attempt, error);
    }
  }

  /** Makes what its content lacks. Resolves with the wait before the next attempt, in milliseconds. Never rejects. */
  private async prepare(planned: Attempt): Promise<number> {
    const { content } = planned.accepted;
    if (isSentMedia(content)) return this.uploadFile(planned, content);
    return content.type === 'text' ? this.previewLink(planned, content.body) : 0;
  }

  private async previewLink({ accepted, entry, origin }: Attempt, body: string): Promise<number> {
    const { messageId } = accepted;
    try {
      const result = await this.previews.of(body, accepted);
      await this.recorder.record({ type: 'RecordLinkPreview', data: { messageId, result, at: now() } }, origin);
      return 0;
    } catch (error) {
      this.log.error({ err: error, messageId }, 'The preview of a link could not be recorded');
      return waitAfterStoreFailure(entry);
    }
  }

  private async uploadFile(planned: Attempt, content: SentMedia): Promise<number> {
    const { accepted, entry, origin } = planned;
    const { messageId } = accepted;
    try {
      const upload = await this.uploads.upload(accepted, content);
      await this.recorder.record({ type: 'RecordMediaUploaded', data: { messageId, upload, at: now() } }, origin);
      return 0;
    } catch (error) {
      if (this.uploads.isStopped) return 0; // the next start of the service goes on
      try {
        return await this.afterFailedUpload(planned, error);
      } catch (cause) {
        this.log.error({ err: cause, messageId }, 'What became of an upload could not be recorded');
        return waitAfterStoreFailure(entry);
      }
    }
  }

  private async afterFailedUpload(planned: Attempt, error: unknown): Promise<number> {
    const { entry } = planned;
    if (error instanceof NotConnected) return attemptWaitMs(1, Math.random());
    if (error instanceof FileMissing) {
      const { recorded } = await this.fail(planned, failures.fileGone);
      await recorded;
      return 0;
    }
    this.log.warn({ err: error, messageId: entry.messageId }, 'The file of a message could not be uploaded');
    if (error instanceof Transient) {
      await this.hold(planned, 'file_unavailable', `${whyFileUnavailable(error)} It is tried again until it can be.`);
      return waitAfterStoreFailure(entry);
    }
    const reason = whyNotUploaded(error);
    if (isNotSentForGood(entry.failures)) {
      const { recorded } = await this.fail(planned, failures.notUploaded(reason));
      await recorded;
      return 0;
    }
    await this.hold(planned, 'not_sent', `${reason} It is tried again.`);
    return waitAfterFailure(entry);
  }

  /** Records the attempt before anything leaves. Undefined where the message was canceled meanwhile. */
  private async begin(planned: Attempt, leftOut: Destination['leftOut']): Promise<Attempt | undefined> {
    const { messageId } = planned.accepted;
    const known = { ...(planned.entry.isNewContact && ({ newContact: true } as const)), ...(leftOut && { leftOut }) };
    const command: BeginAttempt = { type: 'BeginAttempt', data: { messageId, ...known, at: now() } };
    try {
      const { events } = await this.commands.execute<BeginAttempt>(command, contextOf(planned.origin));
      planned.entry.hasBegun = true;
      return { ...planned, isOnly: events > 0 || planned.entry.hasBegunUnheard };
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      planned.entry.hasBegunUnheard = planned.isOnly;
      throw error;
    }
  }

  private async afterFailure(attempt: Attempt, { outcome, message }: SendFailed): Promise<AttemptResult> {
    const { entry, accepted } = attempt;
    switch (outcome.kind) {
      case 'not_sent':
        return outcome.reason === undefined
          ? this.notSent(attempt)
          : this.notPrepared(attempt, outcome.reason, message);
      case 'refused': {
        const { refusal } = outcome;
        if (isRefusedForGood(refusal, entry.failures)) {
          return { ...(await this.fail(attempt, failures.refused(refusal))), outcome: 'refused' };
        }
        await this.hold(attempt, 'whatsapp_busy', `${refusal.reason} It is sent again.`);
        return { ...this.retry(entry), outcome: 'refused' };
      }
      case 'unknown': {
        const uncertain = { ...attempt, isOnly: false };
        if (isUnansweredForGood(entry.failures)) return this.fail(uncertain, failures.unconfirmed);
        this.log.warn({ messageId: entry.messageId, detail: message }, 'A message was not confirmed');
        if (isPostedTwice(accepted)) return this.fail(uncertain, failures.unconfirmedPost);
        await this.hold(uncertain, 'unconfirmed', holdDetails.unconfirmed);
        if (this.connections.isOpen(accepted.sessionId)) return this.retry(entry);
        entry.failures += 1;
        return { next: 'retry_when_open' };
      }
    }
  }

  private async notSent(attempt: Attempt): Promise<AttemptResult> {
    const why = this.senders.reasonToWait(attempt.accepted.sessionId);
    if (attempt.isOnly) await this.hold(attempt, why, holdDetails[why]);
    return { next: 'retry_when_open' };
  }

  private async notPrepared(attempt: Attempt, reason: string, detail: string): Promise<AttemptResult> {
    const { entry } = attempt;
    this.log.warn({ messageId: entry.messageId, detail }, 'A message could not be sent');
    if (isNotSentForGood(entry.failures)) return this.fail(attempt, failures.notSent(reason));
    await this.hold(attempt, 'not_sent', `${reason} It is tried again.`);
    return this.retry(entry);
  }

  /** Where to send to, or what follows where it cannot be found out. */
  private async destinationOf(planned: Attempt): Promise<Destination | AttemptResult> {
    const { entry, accepted } = planned;
    try {
      const found = await this.destinations.of(accepted);
      if (found) return found;
      return { ...(await this.fail(planned, failures.notOnWhatsApp(accepted))), outcome: 'refused' };
    } catch (error) {
      if (error instanceof NotConnected) return { next: 'retry_when_open' };
      if (!(error instanceof QueryFailed)) throw error;
      if (isUnansweredForGood(entry.failures)) return this.fail(planned, failures.unchecked(error.message));
      await this.hold(planned, 'whatsapp_busy', 'WhatsApp has not answered whether the number is on WhatsApp.');
      return this.retry(entry);
    }
  }

  private async fail({ entry: { messageId }, origin, isOnly }: Attempt, failure: Failure): Promise<Done> {
    const data = { messageId, ...failure, nothingLeft: isOnly, at: now() };
    return { next: 'done', recorded: this.recorder.record({ type: 'RecordMessageFailed', data }, origin) };
  }

  private async hold({ entry, origin, isOnly }: Attempt, why: HoldReason, detail: string): Promise<void> {
    entry.told = withTold(entry.told, toldHold(why));
    const data = { messageId: entry.messageId, why, detail, nothingLeft: isOnly, at: now() };
    await this.recorder.record({ type: 'HoldMessage', data }, origin);
  }

  private retry(entry: QueueEntry): Extract<AttemptResult, { readonly next: 'retry_after' }> {
    return { next: 'retry_after', waitMs: waitAfterFailure(entry) };
  }
}

type Done = Extract<AttemptResult, { readonly next: 'done' }>;

/** WhatsApp's server keeps what is posted in a channel: no device drops a second post because it knows the id. */
const isPostedTwice = ({ chat }: AcceptedMessage): boolean => isChannel(chat);

const done: AttemptResult = { next: 'done', recorded: Promise.resolve() };

const canceled = (messageId: string): MessageCommand => ({ type: 'CancelIfUnsent', data: { messageId, at: now() } });

const sent = (messageId: string, whatsappAt: string): MessageCommand => ({
  type: 'RecordMessageSent',
  data: { messageId, at: now(), whatsappAt },
});

const now = (): string => new Date().toISOString();
