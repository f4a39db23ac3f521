import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import { Views } from '../../platform/views/views.js';
import type { RevokeApiKey, RevokeKeysOfUser } from '../api-key.commands.js';
import { apiKeys } from '../api-keys.projection.js';
import { KeyUses } from '../auth/key-uses.js';

/** Finds the keys of a user who was deleted, and forgets when they were used. */
@Injectable()
export class RevokeKeysEffect implements Effect<RevokeKeysOfUser> {
  constructor(
    private readonly views: Views,
    private readonly uses: KeyUses,
  ) {}

  async run({ data: { userId, at } }: RevokeKeysOfUser): Promise<readonly RevokeApiKey[]> {
    await this.views.fresh(apiKeys);
    const revoked: RevokeApiKey[] = [];
    for await (const { id: keyId } of this.views.scan(apiKeys, { where: { userId } })) {
      await this.uses.forget(keyId);
      revoked.push({ type: 'RevokeApiKey', data: { keyId, userId, cancelUnsent: false, at } });
    }
    return revoked;
  }
}
