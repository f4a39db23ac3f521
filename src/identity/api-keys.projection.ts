import { projection } from '#lib/event-sourcing';
import { collection, put, remove } from '#lib/read-models';
import type { Scope } from '../platform/http/access.contract.js';
import { apiKeyEvents, type ApiKeyEvent } from './api-key.contract.js';

export type ApiKeyView = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly allowedIps: readonly string[];
  readonly createdAt: string;
};

/** Every key that was not revoked, without what it is recognized by. */
export const apiKeys = collection<ApiKeyView>({ name: 'api-keys', version: 2, indexes: [['userId']] });

export const apiKeysProjection = projection<ApiKeyEvent, ApiKeyView>({
  into: apiKeys,
  from: [apiKeyEvents],
  on: {
    ApiKeyIssued: ({ data: { keyId, userId, name, scopes, expiresAt, allowedIps, issuedAt } }) =>
      put(keyId, {
        id: keyId,
        userId,
        name,
        scopes,
        expiresAt,
        allowedIps,
        createdAt: issuedAt,
      } satisfies ApiKeyView),
    ApiKeyRevoked: ({ data: { keyId } }) => remove(keyId),
  },
});
