import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config, Role } from '#config';
import type { ProcessCalls } from '#lib/process-calls';
import { Subscriptions } from '../subscriptions.js';
import { CONFIG, PROCESS_CALLS } from '../tokens.js';
import { version } from '../version.js';

/** What a process says of itself. */
export type ProcessAbout = {
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly Role[];
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** How far the view is behind the log that is furthest behind, as this process sees it; null where that cannot be found out. */
  readonly lagSeconds: number | null;
};

export type KnownProcess = ProcessAbout & {
  readonly id: string;
  /** ISO 8601, by the clock of whoever asks. */
  readonly lastSeenAt: string;
};

/** The processes of the installation. Each tells the others what it is, again and again. */
@Injectable()
export class Processes implements OnApplicationBootstrap {
  private readonly about: Omit<ProcessAbout, 'lagSeconds'>;

  constructor(
    @Inject(CONFIG) { WAYBILL_ROLES: roles }: Config,
    @Inject(PROCESS_CALLS) private readonly calls: ProcessCalls,
    private readonly subscriptions: Subscriptions,
  ) {
    const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
    this.about = { host: hostname(), pid: process.pid, roles, version, startedAt };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.calls.announce(() => this.describe());
  }

  /** Those that live, in the order of their starts. @throws {NobodyAnswers} */
  async list(): Promise<readonly KnownProcess[]> {
    const now = Date.now();
    const known = (await this.calls.members()).map(({ id, about, lastSeenMs }) => ({
      id,
      ...(about as ProcessAbout),
      lastSeenAt: new Date(now - lastSeenMs).toISOString(),
    }));
    return known.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
  }

  private async describe(): Promise<ProcessAbout> {
    const lag = await this.subscriptions.greatestLag().catch(() => undefined);
    return { ...this.about, lagSeconds: lag?.seconds ?? null };
  }
}
