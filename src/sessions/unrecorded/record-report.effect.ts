import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import { ReportRouter } from '../whatsapp/report-router.js';
import type { RecordReport } from './report.commands.js';

@Injectable()
export class RecordReportEffect implements Effect<RecordReport> {
  constructor(private readonly router: ReportRouter) {}

  async run({ data: { sessionId, report, heardAt } }: RecordReport): Promise<readonly []> {
    await this.router.recordKept(sessionId, report, heardAt);
    return [];
  }
}
