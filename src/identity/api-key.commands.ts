import type { Command } from '#lib/event-sourcing';
import type { Scope } from '../platform/http/access.contract.js';

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
/** Permanent. Refused where the key is another user's. `cancelUnsent`: messages that wait to be sent are canceled, too. */
export type RevokeApiKey = Command<
  'RevokeApiKey',
  { readonly keyId: string; readonly userId: string; readonly cancelUnsent: boolean; readonly at: string }
>;

export type ApiKeyCommand = IssueApiKey | RevokeApiKey;

/** Revokes all keys of a user who was deleted. */
export type RevokeKeysOfUser = Command<'RevokeKeysOfUser', { readonly userId: string; readonly at: string }>;
