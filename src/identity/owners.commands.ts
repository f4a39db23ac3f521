import type { Command } from '#lib/event-sourcing';

type For = { readonly adminId: string; readonly at: string };

/** The admin became an owner at `at`. A later removal wins, whichever arrives first. */
type AddOwner = Command<'AddOwner', For>;
/** Comes before the admin stops being an owner. Refused for the last one. */
type RemoveOwner = Command<'RemoveOwner', For>;

export type OwnersCommand = AddOwner | RemoveOwner;
