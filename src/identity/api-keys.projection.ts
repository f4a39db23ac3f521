import { projection } from '#lib/event-sourcing';
import { collection, put, remove } from '#lib/read-models';
import { apiKeyEvents, type ApiKeyEvent, type ApiKeyView } from './api-key.contract.js';

/** Every key that was not revoked, without the hash of its secret. */
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

export const apiKeyDocuments = { view: apiKeys, projection: apiKeysProjection, stream: apiKeyEvents };
