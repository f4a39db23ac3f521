import { Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Scope } from '../../platform/http/access.contract.js';
import type { IssueApiKey, RevokeApiKey } from '../api-key.commands.js';
import { ApiKeySecrets } from '../auth/api-key-secrets.js';
import { Directory } from '../auth/directory.js';
import { KeyUses } from '../auth/key-uses.js';

export type NewApiKey = {
  readonly name: string;
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: string | null;
  readonly allowedIps?: readonly string[];
};

/** What admins do with a user's keys. Each change is in effect when it resolves. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: Directory,
    private readonly secrets: ApiKeySecrets,
    private readonly uses: KeyUses,
  ) {}

  /** Returns the secret, which cannot be read again; null where the key exists already. */
  async issue(
    context: CommandContext,
    userId: string,
    keyId: string,
    { name, scopes, expiresAt, allowedIps }: NewApiKey,
  ): Promise<string | null> {
    const { secret, secretHash } = this.secrets.make(keyId);
    const command: IssueApiKey = {
      type: 'IssueApiKey',
      data: {
        keyId,
        userId,
        name,
        secretHash,
        scopes: [...new Set(scopes ?? Scope.options)],
        expiresAt: expiresAt ?? null,
        allowedIps: allowedIps ?? [],
        at: new Date().toISOString(),
      },
    };
    const outcome = await this.commands.execute(command, context);
    await this.directory.knows(outcome);
    return outcome.events > 0 ? secret : null;
  }

  /** @throws {DomainError} `api_key_not_found` */
  async revoke(context: CommandContext, userId: string, keyId: string, cancelUnsent: boolean): Promise<void> {
    const at = new Date().toISOString();
    const command: RevokeApiKey = { type: 'RevokeApiKey', data: { userId, keyId, cancelUnsent, at } };
    await this.directory.knows(await this.commands.execute(command, context));
    await this.uses.forget(keyId);
  }
}
