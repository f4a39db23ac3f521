import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#lib/event-sourcing';
import { audienceOf, type Permission } from './access.contract.js';
import type { Caller } from './caller.js';
import { PERMISSION } from './permit.js';
import { RateLimits } from './rate-limits.js';
import { Unauthenticated } from './refusals.js';

/** The names under which the strategies are registered with passport. */
export const strategies = { admins: 'admin-token', users: 'api-key' } as const;

/** Asks passport who calls, and leaves the answer in `request.caller`. */
class Authentication extends AuthGuard() {
  constructor(defaultStrategy: string) {
    super({ defaultStrategy });
  }

  override getAuthenticateOptions() {
    return { session: false, property: 'caller' };
  }

  override handleRequest<Found>(error: Error | null, caller: Found | false | null): Found {
    if (error) throw error;
    if (!caller) throw new Unauthenticated('Credentials are missing, wrong or no longer valid');
    return caller;
  }
}

/** Lets a request through to its route when the caller is known, within their rate, and has the permission that the route declares. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly authentication = {
    admins: new Authentication(strategies.admins),
    users: new Authentication(strategies.users),
  };

  constructor(
    private readonly reflector: Reflector,
    @Inject(RateLimits) private readonly rates: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (permission === undefined) throw new DomainError('forbidden', 'forbidden', 'This route is for nobody');
    const audience = audienceOf(permission);
    if (audience === 'everyone') return true;

    await this.authentication[audience].canActivate(context);
    const http = context.switchToHttp();
    const { caller } = http.getRequest<FastifyRequest & { readonly caller: Caller }>();
    if (caller.kind === 'user') await this.rates.spend(caller, http.getResponse<FastifyReply>());
    if (!caller.permissions.has(permission)) {
      throw new DomainError('forbidden', 'permission_missing', `This needs the permission ${permission}`);
    }
    return true;
  }
}
