import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionStatus } from '../connection-status.contract.js';
import { REPORTS, type Reports } from '../reports.contract.js';

/** Knows from the reports which sessions are connected. */
@Injectable()
export class ConnectionStatuses implements ConnectionStatus {
  /** By session: the phone number of the account. */
  private readonly open = new Map<string, string>();
  private readonly listeners: ((sessionId: string) => void)[] = [];
  private hurry: (sessionId: string) => void = () => undefined;
  private readonly settling = new Map<string, Set<() => void>>();

  constructor(@Inject(REPORTS) reports: Reports) {
    reports.observe(['open'], (sessionId, { account }) => {
      this.open.set(sessionId, account.phoneNumber);
      this.settle(sessionId);
      for (const listener of this.listeners) listener(sessionId);
    });
    reports.observe(['closed'], (sessionId) => {
      this.open.delete(sessionId);
      this.settle(sessionId);
    });
    reports.observe(['qr', 'pairing_code'], (sessionId) => this.settle(sessionId));
  }

  isOpen(sessionId: string): boolean {
    return this.open.has(sessionId);
  }

  /** How many sessions are connected. */
  get count(): number {
    return this.open.size;
  }

  account(sessionId: string): string | undefined {
    return this.open.get(sessionId);
  }

  onOpen(listener: (sessionId: string) => void): void {
    this.listeners.push(listener);
  }

  hasten(sessionId: string): void {
    if (!this.isOpen(sessionId)) this.hurry(sessionId);
  }

  /** Says what becomes of calls of `hasten`. */
  onHasten(hurry: (sessionId: string) => void): void {
    this.hurry = hurry;
  }

  /** Resolves once the next attempt of a session has led to something: connected, a QR or code to show, or failed; or after the timeout. */
  settled(sessionId: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.settling.get(sessionId) ?? new Set();
      this.settling.set(sessionId, waiting);
      const end = (): void => {
        clearTimeout(timeout);
        waiting.delete(end);
        if (waiting.size === 0) this.settling.delete(sessionId);
        resolve();
      };
      const timeout = setTimeout(end, timeoutMs).unref();
      waiting.add(end);
    });
  }

  private settle(sessionId: string): void {
    for (const end of this.settling.get(sessionId) ?? []) end();
  }
}
