import type { Command } from '#lib/event-sourcing';
import type { ExpiredMessage } from './retention.contract.js';

/** The content of these messages, which are sent, failed, canceled or received, is gone from now on. */
export type ExpireMessages = Command<
  'ExpireMessages',
  {
    readonly userId: string;
    readonly before: string;
    readonly messages: readonly ExpiredMessage[];
    readonly at: string;
  }
>;
