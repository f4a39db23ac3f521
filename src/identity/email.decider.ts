import { decider, DomainError } from '#lib/event-sourcing';
import { emailEvents, type EmailCommand, type EmailEvent } from './email.contract.js';

export type EmailAddress =
  | { readonly status: 'free' }
  | { readonly status: 'claimed' | 'held'; readonly holderId: string; readonly claimedAt: string };

/** How long, in milliseconds, an account may be in coming after its claim. What did not come by then died on the way. */
const patience = 60_000;

export const emailDecider = decider<EmailCommand, EmailEvent, EmailAddress>({
  events: emailEvents,
  idOf: ({ data }) => data.emailKey,
  initialState: { status: 'free' },

  decide: {
    ClaimEmail: ({ emailKey, holderId, at }, address) => {
      if (isAnothers(address, holderId) && !hasLapsed(address, at)) {
        throw new DomainError('conflict', 'email_taken', 'Another account has this email address');
      }
      return [{ type: 'EmailClaimed', data: { emailKey, holderId, claimedAt: at } }];
    },
    ConfirmEmail: ({ emailKey, holderId, at }, address) => {
      if (address.status === 'held' || isAnothers(address, holderId)) return [];
      return [{ type: 'EmailConfirmed', data: { emailKey, holderId, confirmedAt: at } }];
    },
    ReleaseEmail: ({ emailKey, holderId, at }, address) => {
      if (address.status === 'free' || isAnothers(address, holderId) || address.claimedAt >= at) return [];
      return [{ type: 'EmailReleased', data: { emailKey, holderId, releasedAt: at } }];
    },
  },

  evolve: {
    EmailClaimed: (address, { holderId, claimedAt }) => {
      const isStillHeld = address.status === 'held' && address.holderId === holderId;
      return { status: isStillHeld ? 'held' : 'claimed', holderId, claimedAt };
    },
    EmailConfirmed: (address, { holderId, confirmedAt }) => ({
      status: 'held',
      holderId,
      claimedAt: address.status === 'free' ? confirmedAt : address.claimedAt,
    }),
    EmailReleased: () => ({ status: 'free' }),
  },
});

const isAnothers = (address: EmailAddress, holderId: string): boolean =>
  address.status !== 'free' && address.holderId !== holderId;

const hasLapsed = (address: EmailAddress, at: string): boolean =>
  address.status === 'claimed' && Date.parse(at) - Date.parse(address.claimedAt) > patience;
