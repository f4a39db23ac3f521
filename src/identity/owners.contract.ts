import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** Which admins are owners, in one stream, so that the last one can be told from the others. */
export const ownersEvents = eventTypes('owners', {
  OwnerAdded: event(z.object({ adminId: z.uuid(), addedAt: time })),
  OwnerRemoved: event(z.object({ adminId: z.uuid(), removedAt: time })),
});
export type OwnersEvent = EventOf<typeof ownersEvents>;

type For = { readonly adminId: string; readonly at: string };

/** The admin became an owner at `at`. A later removal wins, in whatever order the two arrive. */
export type AddOwner = Command<'AddOwner', For>;
/** Comes before the admin stops being an owner. Refused for the last one. */
export type RemoveOwner = Command<'RemoveOwner', For>;

export type OwnersCommand = AddOwner | RemoveOwner;
