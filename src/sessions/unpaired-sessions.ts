import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CommandBus } from '../platform/bus/command-bus.js';
import { CommandContext } from '../platform/command-context.js';
import type { JobResult } from '../platform/jobs/job.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CONFIG } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import type { DeleteSession } from './session.contract.js';
import { sessions } from './sessions.projection.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Deletes sessions that nobody has linked to a phone: each takes one of the user's. */
@Injectable()
export class UnpairedSessions {
  private readonly context = CommandContext.new({ kind: 'system', id: 'unpaired-sessions' });
  private readonly maxDays: number;

  constructor(
    jobs: Jobs,
    @Inject(CONFIG) config: Config,
    private readonly views: Views,
    private readonly commands: CommandBus,
  ) {
    this.maxDays = config.WAYBILL_UNPAIRED_DAYS;
    jobs.add({
      name: 'unpaired-sessions',
      description: 'Deletes sessions that were never linked to a phone, some days after the last attempt.',
      schedule: '13 * * * *',
      run: (signal) => this.deleteOld(signal),
    });
  }

  private async deleteOld(signal: AbortSignal): Promise<JobResult> {
    let deleted = 0;
    if (this.maxDays === 0) return { deleted };
    await this.views.fresh(sessions);
    const at = new Date().toISOString();
    const upTo = new Date(Date.parse(at) - this.maxDays * dayMs).toISOString();
    const where = { linked: false, lastSeenAt: null, updatedAt: { lte: upTo } } as const;
    for await (const { id: sessionId } of this.views.scan(sessions, { where })) {
      if (signal.aborted) break;
      const data = { sessionId, at, unlessLinked: true } as const;
      const { events } = await this.commands.execute<DeleteSession>({ type: 'DeleteSession', data }, this.context);
      deleted += events;
    }
    return { deleted };
  }
}
