import type { Command } from '#lib/event-sourcing';

/** The account that an address belongs to. */
export type EmailHolder =
  { readonly userId: string; readonly adminId: null } | { readonly userId: null; readonly adminId: string };

type For = EmailHolder & { readonly emailKey: string; readonly at: string };

/** Comes before the account is created. Refused while another account has the address or is being created with it. */
type ClaimEmail = Command<'ClaimEmail', For>;
/** The account exists: the claim no longer lapses. */
type ConfirmEmail = Command<'ConfirmEmail', For>;
/** The account has not had the address since `at`. A later claim by the same account stays. */
type ReleaseEmail = Command<'ReleaseEmail', For>;

export type EmailCommand = ClaimEmail | ConfirmEmail | ReleaseEmail;
