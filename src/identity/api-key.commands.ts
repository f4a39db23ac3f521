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
/** Permanent. Refused where the key is another user's. */
export type RevokeApiKey = Command<
  'RevokeApiKey',
  { readonly keyId: string; readonly userId: string; readonly at: string }
>;

export type ApiKeyCommand = IssueApiKey | RevokeApiKey;
