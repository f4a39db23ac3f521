import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { UserCaller } from '../../platform/http/caller.js';
import { isWithin } from '../../platform/http/ip.rules.js';
import { Unauthenticated } from '../../platform/http/refusals.js';
import { ApiKeySecrets } from './api-key-secrets.js';
import { Directory } from './directory.js';
import { credentialsOf } from './key-credentials.js';

/** Who holds an API key, and what they may do with it: look-ups in memory. */
@Injectable()
export class UserCallers {
  constructor(
    private readonly secrets: ApiKeySecrets,
    private readonly directory: Directory,
  ) {}

  /** Undefined for an unknown key. @throws {Unauthenticated | DomainError} a known key may not be used, and why. */
  bySecret(given: string, ip: string): UserCaller | undefined {
    const keyId = this.secrets.keyIdOf(given) ?? '';
    const key = this.directory.key(keyId);
    const isRight = this.secrets.matches(given, key && credentialsOf(key).secretHash);
    return isRight ? this.byKeyId(keyId, ip) : undefined;
  }

  /** The same for a key whose secret was seen before. */
  byKeyId(keyId: string, ip: string): UserCaller | undefined {
    const key = this.directory.key(keyId);
    const user = key && this.directory.user(key.userId);
    if (!user) return undefined;
    const { permissions, expiresAt, allowedIps } = credentialsOf(key);
    if (expiresAt <= Date.now()) throw new Unauthenticated('This API key has expired', 'api_key_expired');
    if (allowedIps.length > 0 && !isWithin(ip, allowedIps)) {
      throw new DomainError('forbidden', 'ip_not_allowed', 'This API key may not be used from this address');
    }
    if (!user.isActive) throw new DomainError('forbidden', 'user_inactive', 'This user is deactivated');
    return { kind: 'user', userId: key.userId, keyId, permissions, requestsPerMinute: user.requestsPerMinute };
  }
}
