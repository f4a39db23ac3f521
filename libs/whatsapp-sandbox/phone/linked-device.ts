import type { Companion } from '../network/companion.js';

/** A client that is linked to a phone. */
export type LinkedDevice = {
  readonly device: number;
  readonly platform: string;
  readonly linkedAt: string;
  readonly connected: boolean;
  /** Whether it shows the account as online. */
  readonly online: boolean;
  readonly lastSeenAt?: string;
  /** Stanzas that it has not confirmed. */
  readonly waiting: number;
};

export const linkedDevice = ({
  address,
  identity,
  isConnected,
  isOnline,
  lastSeenAt,
  outbox,
}: Companion): LinkedDevice => ({
  device: address.device,
  platform: identity.platform,
  linkedAt: identity.linkedAt,
  connected: isConnected,
  online: isOnline,
  ...(lastSeenAt !== undefined && { lastSeenAt }),
  waiting: outbox.size,
});
