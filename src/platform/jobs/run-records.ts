import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '#lib/event-sourcing';
import { VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';
import type { JobResult } from './job.js';

/** `by`: an admin, or the system: `schedule`, or `catch-up` for what was missed. Times are ISO 8601. */
type Run = { readonly startedAt: string; readonly by: Actor };

export type EndedRun = Run & {
  readonly endedAt: string;
  /** By the monotonic clock; null where nobody saw the end. */
  readonly milliseconds: number | null;
  /** `interrupted`: the service stopped or died meanwhile. */
  readonly outcome: 'succeeded' | 'failed' | 'interrupted';
  readonly result: JobResult | null;
  readonly error: string | null;
};

/** What is kept of a job's runs: the last one, and the one under way. */
export type RunRecord = {
  readonly knownSince: string;
  readonly running: Run | null;
  readonly last: EndedRun | null;
};

const kind = 'job';

/**
 * The last run of each job. It is kept beside the log, in a row for each job that every run replaces: events for the runs of a job a minute
 * would add a megabyte to the log each day, and nothing follows from them.
 */
@Injectable()
export class RunRecords {
  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  /** @throws {SecretsUnavailable} */
  async get(name: string): Promise<RunRecord | undefined> {
    const stored = await this.vault.secrets.get(kind, name);
    return stored && (JSON.parse(stored.bytes.toString()) as RunRecord);
  }

  /** @throws {SecretsUnavailable} */
  async put(name: string, record: RunRecord): Promise<void> {
    await this.vault.secrets.put(kind, name, Buffer.from(JSON.stringify(record)));
  }
}
