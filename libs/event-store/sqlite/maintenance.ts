import { isDamage } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type { Damage, PartVerification, Verification } from '../port.js';
import type { MaintenanceMethods } from './maintenance.worker.js';
import { startOfStreams, type VerifyStep, type StreamCursor } from './verify.js';

const maxListedDamages = 100;

/** Long-running work on the file, on a thread of its own, which starts on first use. Appends and the HTTP server do not wait for it. */
export class Maintenance {
  private running: Thread<MaintenanceMethods> | undefined;

  constructor(private readonly file: string) {}

  /** Copies the write-ahead log into the file, as far as no reader still needs it. */
  checkpoint(): Promise<void> {
    return this.thread().ask('checkpoint');
  }

  /** Checks the log up to an indexed position, in steps, so that checkpoints can run in between. */
  async verify(upTo: number): Promise<Verification> {
    const corrupt: Damage[] = [];
    const walk = async <Cursor>(
      step: (cursor: Cursor) => Promise<VerifyStep<Cursor>>,
      first: Cursor,
    ): Promise<number> => {
      let seen = 0;
      try {
        for (let cursor: Cursor | undefined = first; cursor !== undefined;) {
          const found: VerifyStep<Cursor> = await step(cursor);
          seen += found.seen;
          corrupt.push(...found.problems.slice(0, maxListedDamages - corrupt.length));
          cursor = found.next;
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
        corrupt.push({ position: 0, problem: error instanceof Error ? error.message : String(error) });
      }
      return seen;
    };
    const thread = this.thread();
    const events = await walk<number>((after) => thread.ask('verifyEvents', { after, upTo }), 0);
    await walk<StreamCursor>((after) => thread.ask('verifyStreams', after), startOfStreams);
    await walk<0>(() => thread.ask('verifyFile'), 0);
    return { events, lastPosition: upTo, corrupt };
  }

  /** Checks events after a position, up to an indexed one. */
  async verifyPart(after: number, limit: number, upTo: number): Promise<PartVerification> {
    const corrupt: Damage[] = [];
    let events = 0;
    let next: number | undefined = Math.min(after, upTo);
    while (next !== undefined && events < limit) {
      const found: VerifyStep<number> = await this.thread().ask('verifyEvents', { after: next, upTo });
      events += found.seen;
      corrupt.push(...found.problems.slice(0, maxListedDamages - corrupt.length));
      next = found.next;
    }
    return { events, lastPosition: next ?? upTo, corrupt, next: next ?? null };
  }

  backup(file: string): Promise<void> {
    return this.thread().ask('backup', file);
  }

  async close(): Promise<void> {
    await this.running?.close();
  }

  private thread(): Thread<MaintenanceMethods> {
    const url = workerUrl('./maintenance.worker.js', import.meta.url);
    return (this.running ??= startThread<MaintenanceMethods>(url, { workerData: { file: this.file } }));
  }
}
