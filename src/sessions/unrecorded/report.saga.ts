import { saga } from '#lib/event-sourcing';
import type { Report } from '#lib/whatsapp';
import type { RecordReport } from './report.commands.js';
import { reportEvents, type ReportEvent } from './report.contract.js';

/**
 * Tries to record again what could not be recorded. What fails again is parked, where an admin sees it, and can retry it after an update
 * or skip it.
 */
export const unrecordedReportsSaga = saga<ReportEvent, RecordReport>({
  name: 'unrecorded-reports',
  // Nothing that arrived may be forgotten, and what is recorded twice changes nothing.
  startFrom: 'beginning',
  from: [reportEvents],
  on: {
    ReportNotRecorded: ({ data: { sessionId, report, heardAt } }) => [
      { type: 'RecordReport', data: { sessionId, report: JSON.parse(report) as Report, heardAt } },
    ],
  },
});
