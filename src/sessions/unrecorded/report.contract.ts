import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

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
