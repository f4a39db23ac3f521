import { Inject, Injectable } from '@nestjs/common';
import type { Damage, PartVerification } from '#lib/event-store';
import type { JobResult } from '../jobs/job.js';
import { Jobs } from '../jobs/jobs.js';
import type { Stores } from '../stores.js';
import { STORES, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** Bounds of one run, which then leaves the disk to others. */
const maxRunMs = 20_000;
const maxRunEvents = 1_000_000;
/** Between these the run can be ended. */
const eventsPerStep = 20_000;
const maxNamed = 10;

const kind = 'log-verification';

/** Damaged events are found before somebody needs them: the log is read piece by piece, and again from the beginning after its end. */
@Injectable()
export class LogVerification {
  constructor(
    jobs: Jobs,
    @Inject(STORES) private readonly stores: Pick<Stores, 'events'>,
    @Inject(VAULT) private readonly vault: Pick<Vault, 'secrets'>,
  ) {
    jobs.add({
      name: 'log-verification',
      description: 'Checks a piece of the log for damaged events, going on where it stopped the last time.',
      schedule: '19 * * * *',
      run: (signal) => this.checkPiece(signal),
    });
  }

  /** @throws {Error} names the damaged events, until they are passed over. */
  private async checkPiece(signal: AbortSignal): Promise<JobResult> {
    const from = await this.begun();
    const startedAt = performance.now();
    const mayGoOn = (): boolean =>
      !signal.aborted && performance.now() - startedAt < maxRunMs && checked < maxRunEvents;
    let checked = 0;
    let next: number | null = from;
    const unnumbered: Damage[] = [];
    while (next !== null && mayGoOn()) {
      const part: PartVerification = await this.stores.events.verifyPart({ after: next, limit: eventsPerStep });
      checked += part.events;
      unnumbered.push(...part.corrupt.filter(({ position }) => position === 0));
      ({ next } = part);
      await this.vault.secrets.put(kind, this.id, Buffer.from(String(next ?? 0)));
    }
    const damaged = [...unnumbered, ...this.stores.events.damaged()];
    if (damaged.length > 0) throw new Error(inWords(damaged));
    return { checked, from, upTo: next, complete: next === null };
  }

  /** A file and a server count positions differently, and a log may be moved from one to the other. */
  private get id(): string {
    return this.stores.events.capabilities.gapless ? 'file' : 'server';
  }

  private async begun(): Promise<number> {
    const stored = await this.vault.secrets.get(kind, this.id);
    return stored ? Number(stored.bytes.toString()) : 0;
  }
}

const inWords = (damaged: readonly Damage[]): string => {
  const named = damaged.slice(0, maxNamed).map(({ position, problem }) => `event ${position} is corrupt: ${problem}`);
  const more = damaged.length > maxNamed ? `, and ${damaged.length - maxNamed} more` : '';
  return `The log is damaged: ${named.join('; ')}${more}`;
};
