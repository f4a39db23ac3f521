import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { DomainError } from '#lib/event-sourcing';
import { strategies } from '../../platform/http/access.js';
import type { UserCaller } from '../../platform/http/caller.js';
import { Unauthenticated } from '../../platform/http/refusals.js';
import { isWithin } from '../../platform/http/ip.rules.js';
import { ApiKeySecrets } from './api-key-secrets.js';
import { Directory } from './directory.js';
import { credentialsOf } from './key-credentials.js';
import { KeyUses } from './key-uses.js';

/** Authenticates a user by an API key: two hashes and two look-ups in memory. */
@Injectable()
export class ApiKeyStrategy {
  constructor(
    private readonly secrets: ApiKeySecrets,
    private readonly directory: Directory,
    private readonly uses: KeyUses,
  ) {
    // Not Nest's PassportStrategy(): it takes the last argument for the callback, and here that is the request.
    const strategy = new HeaderAPIKeyStrategy({ header: 'X-Api-Key', prefix: '' }, true, (given, done, request) => {
      try {
        done(null, this.callerOf(given, request as unknown as FastifyRequest));
      } catch (error) {
        done(error as Error);
      }
    });
    passport.use(strategies.users, strategy);
  }

  /** Undefined for an unknown key. @throws {Unauthenticated | DomainError} a known key may not be used, and why. */
  private callerOf(given: string, request: FastifyRequest): UserCaller | undefined {
    const keyId = this.secrets.keyIdOf(given) ?? '';
    const key = this.directory.key(keyId);
    const credentials = key && credentialsOf(key);
    if (!this.secrets.matches(given, credentials?.secretHash) || !credentials) return undefined;

    const user = this.directory.user(key.userId);
    if (!user) return undefined;
    const now = Date.now();
    const { permissions, expiresAt, allowedIps } = credentials;
    if (expiresAt <= now) throw new Unauthenticated('This API key has expired', 'api_key_expired');
    if (allowedIps.length > 0 && !isWithin(request.ip, allowedIps)) {
      throw new DomainError('forbidden', 'ip_not_allowed', 'This API key may not be used from this address');
    }
    if (!user.isActive) throw new DomainError('forbidden', 'user_inactive', 'This user is deactivated');

    this.uses.note(keyId, now);
    return { kind: 'user', userId: key.userId, keyId, permissions, requestsPerMinute: user.requestsPerMinute };
  }
}
