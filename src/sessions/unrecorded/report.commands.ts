import type { Command } from '#lib/event-sourcing';
import type { Report } from '#lib/whatsapp';
import type { ReportEvent } from './report.contract.js';

/** Keeps a report that could not be recorded, so that WhatsApp need not repeat it. The same report again changes nothing. */
export type KeepReport = Command<
  'KeepReport',
  { readonly sessionId: string; readonly report: Report; readonly reason: string; readonly heardAt: string }
>;
export type RecordReportNotRecorded = Command<'RecordReportNotRecorded', ReportEvent['data']>;

/** Records what was kept. */
export type RecordReport = Command<
  'RecordReport',
  { readonly sessionId: string; readonly report: Report; readonly heardAt: string }
>;
