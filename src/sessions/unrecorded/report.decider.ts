import { decider } from '#lib/event-sourcing';
import type { RecordReportNotRecorded } from './report.commands.js';
import { reportEvents, type ReportEvent } from './report.contract.js';

/** A report that could not be recorded as what it is. */
export const reportDecider = decider<RecordReportNotRecorded, ReportEvent, { readonly isKept: boolean }>({
  events: reportEvents,
  idOf: ({ data }) => data.reportId,
  initialState: { isKept: false },
  decide: {
    RecordReportNotRecorded: (data, { isKept }) => (isKept ? [] : [{ type: 'ReportNotRecorded', data }]),
  },
  evolve: { ReportNotRecorded: () => ({ isKept: true }) },
});
