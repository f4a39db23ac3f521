import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { Scope } from '../platform/http/access.contract.js';

const time = z.iso.datetime();

/** The nil UUID: the first version of an event did not name its owner. */
const unknownOwner = '00000000-0000-0000-0000-000000000000';

/** No event holds the secret, only a keyed hash of it: without the master key it is of no use. */
export const apiKeyEvents = eventTypes('key', {
  ApiKeyIssued: event(
    z.object({
      keyId: z.uuid(),
      userId: z.uuid(),
      name: z.string(),
      secretHash: z.string(),
      scopes: z.array(Scope).readonly(),
      expiresAt: time.nullable(),
      /** Addresses and ranges (CIDR) from which it may be used; empty: from anywhere. */
      allowedIps: z.array(z.string()).readonly(),
      issuedAt: time,
    }),
  ),
  /** `cancelUnsent`: what was accepted with it and is not sent yet is canceled. */
  ApiKeyRevoked: event(z.object({ keyId: z.uuid(), userId: z.uuid(), cancelUnsent: z.boolean(), revokedAt: time }), {
    upcasters: [(data) => ({ ...data, userId: unknownOwner }), (data) => ({ ...data, cancelUnsent: false })],
  }),
});
export type ApiKeyEvent = EventOf<typeof apiKeyEvents>;

/** A key as it is listed: without its secret or a hash of it. When it was last used is stored elsewhere. */
export type ApiKeyView = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly allowedIps: readonly string[];
  readonly createdAt: string;
};

/** @throws {DomainError} `api_key_not_found`, also where the key is another user's */
export type GetApiKey = Query<'GetApiKey', { readonly userId: string; readonly keyId: string }, ApiKeyView>;
/** Newest first. */
export type ListApiKeys = Query<
  'ListApiKeys',
  { readonly userId: string; readonly limit: number; readonly cursor?: string },
  Page<ApiKeyView>
>;
