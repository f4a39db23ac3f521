import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../bus/command-bus.js';
import { CommandContext } from '../command-context.js';
import { Streams } from '../streams/streams.js';
import { LOG } from '../tokens.js';
import type { RecordJobFailed, RecordJobRecovered } from './job.commands.js';
import { jobDecider } from './job.decider.js';
import { NewestWrites } from './newest-writes.js';
import type { EndedRun } from './run-records.js';

/** Two things are events: a job starts to fail, and a job succeeds again. */
@Injectable()
export class JobHealth {
  private readonly context = CommandContext.new({ kind: 'system', id: 'jobs' });
  private readonly writes = new NewestWrites<EndedRun>((name, run) => this.record(name, run));

  constructor(
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Records what a run says of its job; tries again while the signal is not aborted. Resolves when that has ended; never rejects. */
  async note(name: string, run: EndedRun, signal: AbortSignal): Promise<void> {
    if (run.outcome === 'interrupted') return;
    const again = (error: unknown): boolean => {
      this.log.warn({ err: error, job: name }, 'Whether a job fails could not be recorded yet');
      return true;
    };
    await this.writes.untilWritten(name, run, { signal, again }).catch(() => {}); // the next run says it again
  }

  private async record(name: string, { outcome, error, endedAt: at }: EndedRun): Promise<void> {
    const { failingSince } = (await this.streams.state(jobDecider, name)).state;
    if ((outcome === 'failed') === (failingSince !== null)) return;
    const command: RecordJobFailed | RecordJobRecovered =
      outcome === 'failed'
        ? { type: 'RecordJobFailed', data: { name, reason: error ?? '', at } }
        : { type: 'RecordJobRecovered', data: { name, at } };
    await this.commands.execute(command, this.context);
  }
}
