import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CommandResult } from '#lib/event-sourcing';
import { idFromHash } from '#lib/ids';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import { Streams } from '../../platform/streams/streams.js';
import { sessionDecider } from '../session.decider.js';
import { keptReport } from './kept-report.rules.js';
import type { KeepReport, RecordReportNotRecorded } from './report.commands.js';

@Injectable()
export class KeepReportHandler implements CommandHandler<KeepReport> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  async execute({ data }: KeepReport, context: CommandContext): Promise<CommandResult> {
    const { sessionId, report: given, reason, heardAt } = data;
    const { state, position } = await this.streams.state(sessionDecider, sessionId);
    if (state.status === 'none') return { events: 0, position };
    const { text: report, isCut } = keptReport(given);
    const reportId = idFromHash(
      createHash('sha256')
        .update(JSON.stringify([sessionId, JSON.stringify(given)]))
        .digest(),
    );
    const told = isCut ? `${reason} (cut: it is too large)` : reason;
    const kept = { reportId, userId: state.userId, sessionId, kind: given.kind, report, reason: told, heardAt };
    const command: RecordReportNotRecorded = { type: 'RecordReportNotRecorded', data: kept };
    return this.commands.execute(command, context);
  }
}
