import { createHash } from 'node:crypto';

/**
 * The id that a message of ours has on WhatsApp: always the same for the same `seed`, in the form that WhatsApp's own web client uses.
 * Who sends again with it is not received twice.
 */
export const messageIdFor = (seed: string): string =>
  `3EB0${createHash('sha256').update(seed).digest('hex').slice(0, 18).toUpperCase()}`;
