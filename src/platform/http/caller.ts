import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#lib/event-sourcing';
import { CommandContext } from '../command-context.js';
import type { Permission } from './access.contract.js';

/** A logged-in admin. */
export type AdminCaller = {
  readonly kind: 'admin';
  readonly adminId: string;
  /** The login that the caller's token belongs to. */
  readonly loginId: string;
  readonly permissions: ReadonlySet<Permission>;
};

/** A user, by one of their API keys. */
export type UserCaller = {
  readonly kind: 'user';
  readonly userId: string;
  readonly keyId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** How many requests the key may make in a minute. */
  readonly requestsPerMinute: number;
};

export type Caller = AdminCaller | UserCaller;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; absent on public routes. */
    caller?: Caller;
  }
}

/** The caller as the events name them. */
const actorOf = (caller: Caller | undefined): Actor => {
  if (!caller) return { kind: 'system', id: 'http' };
  return caller.kind === 'admin' ? { kind: 'admin', id: caller.adminId } : { kind: 'key', id: caller.keyId };
};

/** A parameter that is the context of all that a request leads to: the request itself, done by its caller. */
export const Context = createParamDecorator((_options: unknown, context: ExecutionContext): CommandContext => {
  const { id, caller } = context.switchToHttp().getRequest<FastifyRequest>();
  return new CommandContext(id, id, actorOf(caller));
});

/** A parameter that is the calling user. Only for routes that an API key opens. */
export const CurrentUser = createParamDecorator((_options: unknown, context: ExecutionContext): UserCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'user') throw new Error('No user asks here: the route must be one for API keys');
  return caller;
});

/** A parameter that is the calling admin. Only for routes that a login opens. */
export const CurrentAdmin = createParamDecorator((_options: unknown, context: ExecutionContext): AdminCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'admin') throw new Error('No admin asks here: the route must be one for admins');
  return caller;
});
