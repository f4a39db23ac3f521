import { Injectable } from '@nestjs/common';
import type { Report } from '#lib/whatsapp';
import type { ConnectionStatus } from '../connection-status.contract.js';

/** Knows from the reports which lines are open, and tells when one opens or is settled. */
@Injectable()
export class ConnectionStatuses implements ConnectionStatus {
  private readonly open = new Set<string>();
  private readonly starts = new Map<string, number>();
  private readonly listeners: ((sessionId: string) => void)[] = [];
  private readonly settling = new Map<string, Set<() => void>>();

  isOpen(sessionId: string): boolean {
    return this.open.has(sessionId);
  }

  onOpen(listener: (sessionId: string) => void): void {
    this.listeners.push(listener);
  }

  /** A connection is about to begin, for that start of the session. */
  begin(sessionId: string, start: number): void {
    this.starts.set(sessionId, start);
  }

  /** The start of the session that its connection is from; null where there is none. */
  startOf(sessionId: string): number | null {
    return this.starts.get(sessionId) ?? null;
  }

  /** Resolves once it is known how the next start went: open, to be paired, or over. After `patience` (milliseconds) in any case. */
  settled(sessionId: string, patience: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.settling.get(sessionId) ?? new Set();
      this.settling.set(sessionId, waiting);
      const end = (): void => {
        clearTimeout(late);
        waiting.delete(end);
        if (waiting.size === 0) this.settling.delete(sessionId);
        resolve();
      };
      const late = setTimeout(end, patience).unref();
      waiting.add(end);
    });
  }

  note(sessionId: string, { kind }: Report): void {
    switch (kind) {
      case 'open':
        this.open.add(sessionId);
        this.settle(sessionId);
        for (const listener of this.listeners) listener(sessionId);
        return;
      case 'closed':
        this.open.delete(sessionId);
        this.starts.delete(sessionId);
        return this.settle(sessionId);
      case 'qr':
      case 'pairing_code':
        return this.settle(sessionId);
      default:
    }
  }

  private settle(sessionId: string): void {
    for (const end of this.settling.get(sessionId) ?? []) end();
  }
}
