import { DomainError } from '#lib/event-sourcing';
import type { PauseReason } from './session.contract.js';

/** The reason that gives way to this one: a user who is deactivated while a restored copy waits is still deactivated when that goes on. */
export const overruledBy = (why: PauseReason | undefined): PauseReason | undefined =>
  why === 'restored' ? undefined : 'restored';

const refusals = {
  user_inactive: { code: 'user_inactive', detail: 'The user is deactivated: the session waits until they are active' },
  restored: {
    code: 'restored_copy',
    detail: 'This is a restored copy: the session waits until an admin lets it go on',
  },
} as const satisfies { readonly [why in PauseReason]: object };

/** Why a session that is paused cannot be started. */
export const waitsFor = (why: PauseReason): DomainError =>
  new DomainError('conflict', refusals[why].code, refusals[why].detail);
