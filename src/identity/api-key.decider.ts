import { decider, DomainError } from '#lib/event-sourcing';
import { apiKeyEvents, type ApiKeyEvent } from './api-key.contract.js';
import type { ApiKeyCommand } from './api-key.commands.js';

export type ApiKey = { readonly status: 'none' } | { readonly status: 'issued' | 'revoked'; readonly userId: string };

export const apiKeyDecider = decider<ApiKeyCommand, ApiKeyEvent, ApiKey>({
  events: apiKeyEvents,
  idOf: ({ data }) => data.keyId,
  initialState: { status: 'none' },

  decide: {
    IssueApiKey: ({ at, ...data }, key) => {
      if (key.status === 'none') return [{ type: 'ApiKeyIssued', data: { ...data, issuedAt: at } }];
      if (key.status === 'issued' && key.userId === data.userId) return []; // the same request, delivered again
      throw new DomainError('conflict', 'api_key_exists', 'An API key with this id exists already');
    },
    RevokeApiKey: ({ keyId, userId, cancelUnsent, at }, key) => {
      if (key.status === 'none' || key.userId !== userId) {
        throw new DomainError('not_found', 'api_key_not_found', 'There is no such API key');
      }
      return key.status === 'revoked'
        ? []
        : [{ type: 'ApiKeyRevoked', data: { keyId, userId, cancelUnsent, revokedAt: at } }];
    },
  },

  evolve: {
    ApiKeyIssued: (_none, { userId }) => ({ status: 'issued', userId }),
    ApiKeyRevoked: (key) => (key.status === 'none' ? key : { status: 'revoked', userId: key.userId }),
  },
});
