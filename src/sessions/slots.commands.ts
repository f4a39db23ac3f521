import type { Command } from '#lib/event-sourcing';
import type { SessionRequest } from './session.contract.js';

/** Carries the whole request, so that a crash right after it leaves nothing half done. The limits count sessions that are not deleted. */
export type TakeSessionSlot = Command<
  'TakeSessionSlot',
  SessionRequest & {
    readonly sessionId: string;
    readonly userLimit: number;
    readonly globalLimit: number;
    readonly at: string;
  }
>;
export type ReleaseSessionSlot = Command<'ReleaseSessionSlot', { readonly sessionId: string; readonly at: string }>;
/** The user was deactivated. */
export type PauseUserSlots = Command<'PauseUserSlots', { readonly userId: string; readonly at: string }>;
/** The user was activated. */
export type ResumeUserSlots = Command<'ResumeUserSlots', { readonly userId: string; readonly at: string }>;
/** The user is gone. */
export type CloseUserSlots = Command<'CloseUserSlots', { readonly userId: string; readonly at: string }>;

export type SlotCommand = TakeSessionSlot | ReleaseSessionSlot | PauseUserSlots | ResumeUserSlots | CloseUserSlots;

/** Initializes the session that a slot was taken for. Where that session was deleted already, releases the slot. */
export type FillSessionSlot = Command<
  'FillSessionSlot',
  SessionRequest & { readonly sessionId: string; readonly at: string }
>;
