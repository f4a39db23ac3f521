import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { strategies } from '../../platform/http/access.js';
import { KeyUses } from './key-uses.js';
import { UserCallers } from './user-callers.js';

/** Authenticates a user by an API key: two hashes and two look-ups in memory. */
@Injectable()
export class ApiKeyStrategy {
  constructor(callers: UserCallers, uses: KeyUses) {
    // Not Nest's PassportStrategy(): it takes the last argument for the callback, and here that is the request.
    const strategy = new HeaderAPIKeyStrategy({ header: 'X-Api-Key', prefix: '' }, true, (given, done, request) => {
      try {
        const caller = callers.bySecret(given, (request as unknown as FastifyRequest).ip);
        if (caller) uses.note(caller.keyId, Date.now());
        done(null, caller);
      } catch (error) {
        done(error as Error);
      }
    });
    passport.use(strategies.users, strategy);
  }
}
