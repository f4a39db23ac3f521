import { Injectable } from '@nestjs/common';

/** To which start of its session each connection of this process belongs. */
@Injectable()
export class ConnectionStarts {
  private readonly starts = new Map<string, number>();

  /** A connection is about to begin. */
  begin(sessionId: string, start: number): void {
    this.starts.set(sessionId, start);
  }

  end(sessionId: string): void {
    this.starts.delete(sessionId);
  }

  /** Null where there is no connection. */
  of(sessionId: string): number | null {
    return this.starts.get(sessionId) ?? null;
  }
}
