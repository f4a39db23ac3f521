import { decider, DomainError } from '#lib/event-sourcing';
import { emailEvents, type EmailEvent } from './email.contract.js';
import type { EmailCommand } from './email.commands.js';

export type EmailAddress =
  | { readonly status: 'free' }
  | { readonly status: 'claimed' | 'held'; readonly holderId: string; readonly claimedAt: string };

/** An account that has not been created this long after its claim is not coming: the request died on the way. */
const claimLapsesAfterMs = 60_000;

export const emailDecider = decider<EmailCommand, EmailEvent, EmailAddress>({
  events: emailEvents,
  idOf: ({ data }) => data.emailKey,
  initialState: { status: 'free' },

  decide: {
    ClaimEmail: ({ at, ...claim }, address) => {
      if (isAnothers(address, claim) && !hasLapsed(address, at)) {
        throw new DomainError('conflict', 'email_taken', 'Another account has this email address');
      }
      return [{ type: 'EmailClaimed', data: { ...claim, claimedAt: at } }];
    },
    ConfirmEmail: ({ at, ...claim }, address) => {
      if (address.status === 'held' || isAnothers(address, claim)) return [];
      return [{ type: 'EmailConfirmed', data: { ...claim, confirmedAt: at } }];
    },
    ReleaseEmail: ({ at, ...claim }, address) => {
      if (address.status === 'free' || isAnothers(address, claim) || address.claimedAt >= at) return [];
      return [{ type: 'EmailReleased', data: { ...claim, releasedAt: at } }];
    },
  },

  evolve: {
    EmailClaimed: (address, { claimedAt, ...claim }) => {
      const isStillHeld = address.status === 'held' && !isAnothers(address, claim);
      return { status: isStillHeld ? 'held' : 'claimed', holderId: holderOf(claim), claimedAt };
    },
    EmailConfirmed: (address, { confirmedAt, ...claim }) => ({
      status: 'held',
      holderId: holderOf(claim),
      claimedAt: address.status === 'free' ? confirmedAt : address.claimedAt,
    }),
    EmailReleased: () => ({ status: 'free' }),
  },
});

type Holder = { readonly userId: string | null; readonly adminId: string | null };

const holderOf = ({ userId, adminId }: Holder): string => userId ?? adminId ?? '';

const isAnothers = (address: EmailAddress, holder: Holder): boolean =>
  address.status !== 'free' && address.holderId !== holderOf(holder);

const hasLapsed = (address: EmailAddress, at: string): boolean =>
  address.status === 'claimed' && Date.parse(at) - Date.parse(address.claimedAt) > claimLapsesAfterMs;
