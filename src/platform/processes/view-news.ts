import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ProcessCalls } from '#lib/process-calls';
import { Subscriptions, type ViewPositions } from '../subscriptions.js';
import { PROCESS_CALLS } from '../tokens.js';
import { SessionProcess } from './session-process.js';

const topic = 'views';
/** What the views have reached meanwhile is told together. */
const tellIntervalMs = 25;

/**
 * The process that writes the views tells the others how far they have come: who waits for one there goes on at once, and not when its
 * checkpoint is looked up the next time.
 */
@Injectable()
export class ViewNews implements OnApplicationBootstrap, OnModuleDestroy {
  private told: ViewPositions = {};
  private telling: NodeJS.Timeout | undefined;

  constructor(
    @Inject(PROCESS_CALLS) private readonly calls: ProcessCalls,
    private readonly sessionProcess: SessionProcess,
    private readonly subscriptions: Subscriptions,
  ) {
    if (!sessionProcess.isHere) calls.listen(topic, (positions: ViewPositions) => subscriptions.note(positions));
  }

  onApplicationBootstrap(): void {
    if (!this.sessionProcess.isHere || !this.calls.hasOthers) return;
    this.telling = setInterval(() => this.tell(), tellIntervalMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.telling);
  }

  private tell(): void {
    const positions = this.subscriptions.positions();
    const moved = Object.entries(positions).filter(([view, position]) => position !== this.told[view]);
    if (moved.length === 0) return;
    this.told = positions;
    this.calls.tell(topic, Object.fromEntries(moved));
  }
}
