import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal.js';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { validated } from './validation.js';

const nothing = z.strictObject({});

/**
 * Routes that take no body accept an empty object for it, and refuse the fields of any other, as all routes refuse unknown ones. It is no
 * interceptor: with a single one, every request would go through observables.
 */
@Injectable()
export class BodilessGuard implements CanActivate {
  private readonly readers = new Map<unknown, boolean>();

  /** @throws {InvalidInput} */
  canActivate(context: ExecutionContext): boolean {
    const { body, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const isRead = routeOptions.config.streamsBody === true || this.readsBody(context);
    if (!isRead && body !== undefined && body !== null) validated(nothing, body);
    return true;
  }

  private readsBody(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.readers.get(handler);
    if (known !== undefined) return known;
    const reads = declaresBody(context);
    this.readers.set(handler, reads);
    return reads;
  }
}

/** Nest keeps the arguments of a route by what they are and where they stand: `3:0`. */
const bodyArgument = `${RouteParamtypes.BODY}:`;

const declaresBody = (context: ExecutionContext): boolean => {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as unknown;
  return Object.keys(args ?? {}).some((argument) => argument.startsWith(bodyArgument));
};
