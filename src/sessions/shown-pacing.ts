import { Injectable } from '@nestjs/common';
import type { PacingStatus, PacingStatuses } from './pacing-status.contract.js';

/** How sessions are paced at this moment, as whoever sends their messages tells. */
@Injectable()
export class ShownPacing implements PacingStatuses {
  private source: ((sessionId: string) => PacingStatus) | undefined;

  from(source: (sessionId: string) => PacingStatus): void {
    this.source = source;
  }

  of(sessionId: string): PacingStatus | undefined {
    return this.source?.(sessionId);
  }
}
