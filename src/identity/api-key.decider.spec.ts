import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { ApiKeyEvent } from './api-key.contract.js';
import type { ApiKeyCommand, IssueApiKey } from './api-key.commands.js';
import { apiKeyDecider } from './api-key.decider.js';

const given = givenEvents(apiKeyDecider);
const keyId = '0199aaaa-0000-7000-8000-0000000000c1';
const [userId, otherId] = ['0199aaaa-0000-7000-8000-00000000000a', '0199aaaa-0000-7000-8000-00000000000b'];
const at = '2026-01-02T03:00:00.000Z';

const properties = {
  keyId,
  userId,
  name: 'Server',
  secretHash: 'abc',
  scopes: ['messages:send' as const],
  expiresAt: null,
  allowedIps: [],
};
const issue: IssueApiKey = { type: 'IssueApiKey', data: { ...properties, at } };
const issued: ApiKeyEvent = { type: 'ApiKeyIssued', data: { ...properties, issuedAt: at } };
const revokedWith = (cancelUnsent: boolean): ApiKeyEvent => ({
  type: 'ApiKeyRevoked',
  data: { keyId, userId, cancelUnsent, revokedAt: at },
});
const revoked = revokedWith(false);

describe('an API key', () => {
  it('is issued once: a second request brings no second secret', () => {
    given([]).when(issue).then([issued]);
    given([issued])
      .when({ ...issue, data: { ...issue.data, secretHash: 'def' } })
      .then([]);
    given([issued])
      .when({ ...issue, data: { ...issue.data, userId: otherId } })
      .refused('api_key_exists');
    given([issued, revoked]).when(issue).refused('api_key_exists');
  });

  it('is revoked once, and by its own user only', () => {
    const revoke = (more: object = {}): ApiKeyCommand => ({
      type: 'RevokeApiKey',
      data: { keyId, userId, cancelUnsent: false, at, ...more },
    });
    given([issued]).when(revoke()).then([revoked]);
    given([issued])
      .when(revoke({ cancelUnsent: true }))
      .then([revokedWith(true)]);
    given([issued, revoked]).when(revoke()).then([]);
    given([issued])
      .when(revoke({ userId: otherId }))
      .refused('api_key_not_found');
    given([]).when(revoke()).refused('api_key_not_found');
  });
});
