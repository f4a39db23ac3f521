import { createHash } from 'node:crypto';

/**
 * The WhatsApp id of a message that is sent from here, in the form that WhatsApp's own web client uses. The same `seed` always gives the
 * same id, and receivers drop a message whose id they have already.
 */
export const messageIdFor = (seed: string): string =>
  `3EB0${createHash('sha256').update(seed).digest('hex').slice(0, 18).toUpperCase()}`;
