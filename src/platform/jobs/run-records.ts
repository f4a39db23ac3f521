import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { LOG, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';
import type { JobResult } from './job.js';
import { NewestWrites } from './newest-writes.js';

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
  private readonly writes = new NewestWrites<RunRecord>((name, record) =>
    this.vault.secrets.put(kind, name, Buffer.from(JSON.stringify(record))),
  );

  constructor(
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(LOG) private readonly log: Pick<Log, 'warn'>,
  ) {}

  /** Also what is not yet written here. @throws {SecretsUnavailable} */
  async get(name: string): Promise<RunRecord | undefined> {
    const waiting = this.writes.waiting(name);
    if (waiting) return waiting;
    const stored = await this.vault.secrets.get(kind, name);
    return stored && (JSON.parse(stored.bytes.toString()) as RunRecord);
  }

  /** @throws {SecretsUnavailable} it is not known whether it is written. */
  put(name: string, record: RunRecord): Promise<void> {
    return this.writes.once(name, record);
  }

  /** The same, and tries again while the signal is not aborted. Resolves when that has ended; never rejects. */
  async keep(name: string, record: RunRecord, signal: AbortSignal): Promise<void> {
    const again = (error: unknown): boolean => {
      this.log.warn({ err: error, job: name }, 'The state of a job could not be stored yet');
      return true;
    };
    await this.writes.untilWritten(name, record, { signal, again }).catch(() => {}); // the next start settles it
  }
}
