import { Inject, Injectable } from '@nestjs/common';
import type { RetryPolicy } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { inTime } from './in-time.js';
import { PhoneQuestions } from './phone-questions.js';

/** A phone that is off is often back within minutes, and may be off for days. */
const rests: RetryPolicy = { firstWaitMs: 15_000, maxWaitMs: 600_000 };

/** Asks the phones of the accounts for files that WhatsApp no longer has. */
@Injectable()
export class Phones {
  readonly questions: PhoneQuestions;
  private readonly stopping = new AbortController();

  constructor(
    @Inject(MESSENGER) messenger: Messenger,
    @Inject(CONNECTION_STATUS) connections: ConnectionStatus,
    @Inject(LOG) log: Log,
  ) {
    this.questions = new PhoneQuestions({
      rests,
      ask: async ({ sessionId, key, reference }) => {
        const renewed = await inTime(messenger.renewMedia(sessionId, key, reference), this.stopping.signal);
        return { reference: renewed ?? null };
      },
      onSilence: ({ sessionId, messageId }, err) => {
        log.warn({ sessionId, messageId, err }, 'A phone could not be asked for a file');
      },
    });
    connections.onOpen((sessionId) => this.questions.wake(sessionId));
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.stopping.abort();
  }
}
