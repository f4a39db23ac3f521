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
  /** When that token does: milliseconds since 1970. */
  readonly expiresAt: number;
  readonly permissions: ReadonlySet<Permission>;
};

/** A user, by one of their API keys. */
export type UserCaller = {
  readonly kind: 'user';
  readonly userId: string;
  readonly keyId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** How many requests the user may make per minute, with all keys together. */
  readonly requestsPerMinute: number;
};

export type Caller = AdminCaller | UserCaller;

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent on public routes. */
    caller?: Caller;
    /** Who it is, also where they were not admitted. */
    authenticated?: Caller;
    /** The code of the problem that was answered. */
    problemCode?: string;
  }
}

/** The caller as events name them. */
const actorOf = (caller: Caller | undefined): Actor => {
  if (!caller) return { kind: 'system', id: 'http' };
  return caller.kind === 'admin' ? { kind: 'admin', id: caller.adminId } : { kind: 'key', id: caller.keyId };
};

/** A parameter: the command context of a request, with its caller as the actor. */
export const Context = createParamDecorator((_options: unknown, context: ExecutionContext): CommandContext => {
  const { id, caller } = context.switchToHttp().getRequest<FastifyRequest>();
  return new CommandContext(id, id, actorOf(caller));
});

/** A parameter: the calling user. Only on routes for API keys. */
export const CurrentUser = createParamDecorator((_options: unknown, context: ExecutionContext): UserCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'user') throw new Error('The caller is no user: the route must be one for API keys');
  return caller;
});

/** A parameter: the calling admin. Only on routes for admins. */
export const CurrentAdmin = createParamDecorator((_options: unknown, context: ExecutionContext): AdminCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'admin') throw new Error('The caller is no admin: the route must be one for admins');
  return caller;
});
