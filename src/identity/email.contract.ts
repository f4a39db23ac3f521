import { z } from 'zod';
import { event, eventTypes, type EventOf, type Upcaster } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** `emailKey`: a keyed hash of the kind of account and the address. The address itself is in no name and no event of these streams. */
const claim = z.object({ emailKey: z.string(), userId: z.uuid().nullable(), adminId: z.uuid().nullable() });

/** The first version named the holder without saying of which kind. Ids differ across kinds, so nothing is found under a wrong one. */
const fromHolderId: Upcaster = ({ holderId, ...data }) => ({ ...data, userId: holderId ?? null, adminId: null });
const upcasters = [fromHolderId];

/** Which user or admin has an email address: one stream per address, so that no two accounts of a kind get the same one. */
export const emailEvents = eventTypes('email', {
  EmailClaimed: event(claim.extend({ claimedAt: time }), { upcasters }),
  EmailConfirmed: event(claim.extend({ confirmedAt: time }), { upcasters }),
  EmailReleased: event(claim.extend({ releasedAt: time }), { upcasters }),
});
export type EmailEvent = EventOf<typeof emailEvents>;
