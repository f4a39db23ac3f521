import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import passport from 'passport';
import { DomainError } from '#lib/event-sourcing';
import { audienceOf, type Permission } from './access.contract.js';
import type { Caller } from './caller.js';
import { RateLimits } from './rate-limits.js';
import { Unauthenticated } from './refusals.js';

/** The names under which the strategies are registered with passport. */
export const strategies = { admins: 'admin-token', users: 'api-key', tickets: 'ticket' } as const;

/** Authenticates and authorizes each request as soon as its headers are there: nobody's body is read who may not send it. */
@Injectable()
export class Access implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly rates: RateLimits,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', async (request, reply) => {
      const { permission, isUncounted = false } = request.routeOptions.config;
      if (permission === 'public' && !isUncounted) await this.rates.spendUnknown(request, reply);
      if (permission !== undefined) await this.admit(permission, request, reply);
      // With a key, what no route is for counts as any other request.
      else if (request.is404 && request.headers['x-api-key'] !== undefined)
        await this.counted(strategies.users, request, reply);
    });
  }

  /**
   * Leaves the caller in `request.caller`. Does nothing more for a request that was admitted before.
   * @throws {Unauthenticated | Limited | DomainError}
   */
  async admit(permission: Permission, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const audience = audienceOf(permission);
    if (audience === 'everyone' || request.caller) return;
    const strategy = audience === 'users' && hasTicket(request) ? strategies.tickets : strategies[audience];
    const caller = await this.counted(strategy, request, reply);
    if (!caller.permissions.has(permission)) {
      throw new DomainError('forbidden', 'permission_missing', `This needs the permission ${permission}`);
    }
    request.caller = caller;
  }

  /** Who calls; the request counts for them. */
  private async counted(strategy: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const caller = await this.authenticated(strategy, request, reply);
    request.authenticated = caller;
    if (caller.kind === 'user') await this.rates.spend(caller, request, reply);
    return caller;
  }

  /** Who is who they say is never refused for what others try from the same address. */
  private async authenticated(strategy: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    try {
      return await authenticate(strategy, request, reply);
    } catch (error) {
      if (error instanceof Unauthenticated || error instanceof DomainError)
        await this.rates.spendRejected(request, reply);
      throw error;
    }
  }
}

const hasTicket = ({ routeOptions, query, headers }: FastifyRequest): boolean =>
  routeOptions.config.takesTicket === true && headers['x-api-key'] === undefined && 'ticket' in (query as object);

/** Asks passport who calls. */
const authenticate = (strategy: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> =>
  new Promise((resolve, reject) => {
    const check = passport.authenticate(
      strategy,
      { session: false },
      (error: unknown, caller: Caller | false | null | undefined): void => {
        if (error) reject(error as Error);
        else if (caller) resolve(caller);
        else reject(new Unauthenticated('Credentials are missing, wrong or no longer valid'));
      },
    ) as unknown as (request: FastifyRequest, reply: FastifyReply, next: (error: unknown) => void) => void;
    check(request, reply, reject);
  });
