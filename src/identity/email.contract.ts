import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();
/** A keyed hash of whose kind of account it is for and the address: the address itself is in no name and no event of these streams. */
const emailKey = z.string();

/** Who has an email address: one stream for each, so that no two accounts of a kind get the same one. */
export const emailEvents = eventTypes('email', {
  EmailClaimed: event(z.object({ emailKey, holderId: z.uuid(), claimedAt: time })),
  EmailConfirmed: event(z.object({ emailKey, holderId: z.uuid(), confirmedAt: time })),
  EmailReleased: event(z.object({ emailKey, holderId: z.uuid(), releasedAt: time })),
});
export type EmailEvent = EventOf<typeof emailEvents>;

type For = { readonly emailKey: string; readonly holderId: string; readonly at: string };

/** Comes before the account: refused while another account has the address, or may be just about to. */
export type ClaimEmail = Command<'ClaimEmail', For>;
/** The account is there: the claim no longer lapses. */
export type ConfirmEmail = Command<'ConfirmEmail', For>;
/** The account no longer has the address since `at`. A later claim by the same account stays. */
export type ReleaseEmail = Command<'ReleaseEmail', For>;

export type EmailCommand = ClaimEmail | ConfirmEmail | ReleaseEmail;
