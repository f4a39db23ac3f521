import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { pause } from '#lib/async';
import type { HoldReason } from '../message.contract.js';
import { Recorder } from '../recorder.js';
import { holdDetails } from './attempt.rules.js';

const batchSize = 50;
/** After a batch comes a rest of so many times its duration: new messages must not wait behind the holds of thousands of old ones. */
const restFactor = 9;

/** Records that messages wait, slowly enough to leave the log to others. */
@Injectable()
export class Holds implements OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(private readonly recorder: Recorder) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Never rejects. Ends early when the service stops. */
  async record(messageIds: readonly string[], why: HoldReason): Promise<void> {
    const { signal } = this.stopping;
    const at = new Date().toISOString();
    for (let first = 0; first < messageIds.length && !signal.aborted; first += batchSize) {
      const startedAtMs = performance.now();
      const batch = messageIds.slice(first, first + batchSize);
      await Promise.all(batch.map((messageId) => this.hold(messageId, why, at)));
      const isLast = first + batchSize >= messageIds.length;
      if (!isLast) await pause(restFactor * (performance.now() - startedAtMs), signal);
    }
  }

  private hold(messageId: string, why: HoldReason, at: string): Promise<boolean> {
    return this.recorder.record({ type: 'HoldMessage', data: { messageId, why, detail: holdDetails[why], at } });
  }
}
