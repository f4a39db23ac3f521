import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { pause } from '#lib/async';
import { Recorder } from '../recorder.js';
import { holdDetailOf } from './attempt.rules.js';
import type { Hold } from './held-chats.js';

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

  /** Those that are not current any more when their turn comes are left out. Never rejects. Ends early when the service stops. */
  async record(holds: readonly Hold[]): Promise<void> {
    const { signal } = this.stopping;
    const at = new Date().toISOString();
    for (let first = 0; first < holds.length && !signal.aborted; first += batchSize) {
      const startedAtMs = performance.now();
      const batch = holds.slice(first, first + batchSize);
      await Promise.all(batch.map((hold) => this.hold(hold, at)));
      const isLast = first + batchSize >= holds.length;
      if (!isLast) await pause(restFactor * (performance.now() - startedAtMs), signal);
    }
  }

  private hold({ messageId, why, wait, isCurrent }: Hold, at: string): Promise<boolean> {
    const until = wait?.until ?? null;
    const heldTo = until !== null && { until, ...(wait?.isEstimate && { isEstimate: true as const }) };
    const data = { messageId, why, detail: holdDetailOf(why, wait), ...heldTo, at };
    return this.recorder.record({ type: 'HoldMessage', data }, undefined, isCurrent);
  }
}
