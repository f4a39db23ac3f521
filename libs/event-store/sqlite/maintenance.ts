import { isDamage } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type { Verification } from '../port.js';
import type { MaintenanceMethods } from './maintenance.worker.js';
import { beforeStreams, type Problem, type Step, type StreamPlace } from './verify.js';

const mostListed = 100;

/** Work on the file that takes long and that neither appends nor the HTTP server may wait for. Its thread starts when first needed. */
export class Maintenance {
  private running: Thread<MaintenanceMethods> | undefined;

  constructor(private readonly file: string) {}

  /** Moves what is in the write-ahead log to the file, as far as no reader needs it there. */
  checkpoint(): Promise<void> {
    return this.thread().ask('checkpoint');
  }

  /** Walks the log up to a position that is indexed, a step at a time, so that checkpoints can be made in between. */
  async verify(upTo: number): Promise<Verification> {
    const corrupt: Problem[] = [];
    const walk = async <Place>(step: (place: Place) => Promise<Step<Place>>, first: Place): Promise<number> => {
      let seen = 0;
      try {
        for (let place: Place | undefined = first; place !== undefined;) {
          const found: Step<Place> = await step(place);
          seen += found.seen;
          corrupt.push(...found.problems.slice(0, mostListed - corrupt.length));
          place = found.next;
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
        corrupt.push({ position: 0, problem: error instanceof Error ? error.message : String(error) });
      }
      return seen;
    };
    const thread = this.thread();
    const events = await walk<number>((after) => thread.ask('verifyEvents', { after, upTo }), 0);
    await walk<StreamPlace>((after) => thread.ask('verifyStreams', after), beforeStreams);
    await walk<0>(() => thread.ask('verifyFile'), 0);
    return { events, lastPosition: upTo, corrupt };
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
