import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';
import { Scope } from '../platform/http/access.contract.js';

const time = z.iso.datetime();

/** The nil UUID: the first version of an event did not name its owner. */
const unknownOwner = '00000000-0000-0000-0000-000000000000';

/** The secret is in no event: only a keyed hash of it, from which nothing follows without the master key. */
export const apiKeyEvents = eventTypes('key', {
  ApiKeyIssued: event(
    z.object({
      keyId: z.uuid(),
      userId: z.uuid(),
      name: z.string(),
      secretHash: z.string(),
      scopes: z.array(Scope).readonly(),
      expiresAt: time.nullable(),
      /** Addresses and ranges (CIDR) that may use it; none: all may. */
      allowedIps: z.array(z.string()).readonly(),
      issuedAt: time,
    }),
  ),
  ApiKeyRevoked: event(z.object({ keyId: z.uuid(), userId: z.uuid(), revokedAt: time }), {
    upcasters: [(data) => ({ ...data, userId: unknownOwner })],
  }),
});
export type ApiKeyEvent = EventOf<typeof apiKeyEvents>;

export type IssueApiKey = Command<
  'IssueApiKey',
  {
    readonly keyId: string;
    readonly userId: string;
    readonly name: string;
    readonly secretHash: string;
    readonly scopes: readonly Scope[];
    readonly expiresAt: string | null;
    readonly allowedIps: readonly string[];
    readonly at: string;
  }
>;
/** For good. Refused where the key is not that user's. */
export type RevokeApiKey = Command<
  'RevokeApiKey',
  { readonly keyId: string; readonly userId: string; readonly at: string }
>;

export type ApiKeyCommand = IssueApiKey | RevokeApiKey;
