import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';
import type { Report } from '#lib/whatsapp';

export const reportEvents = eventTypes('report', {
  /** Something that arrived could not be recorded as what it is. `report` is all that is known of it, as JSON. */
  ReportNotRecorded: event(
    z.object({
      reportId: z.uuid(),
      userId: z.uuid(),
      sessionId: z.uuid(),
      kind: z.string(),
      report: z.string(),
      reason: z.string(),
      heardAt: z.iso.datetime(),
    }),
    { personal: { subject: 'sessionId', fields: ['report'] } },
  ),
});
export type ReportEvent = EventOf<typeof reportEvents>;

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
