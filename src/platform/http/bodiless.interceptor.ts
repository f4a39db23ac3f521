import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { validated } from './validation.js';

const nothing = z.strictObject({});

/** Routes that take no body accept an empty object for it, and refuse the fields of any other, as all routes refuse unknown ones. */
@Injectable()
export class BodilessInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { body, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const isRead = readsBody(context) || routeOptions.config.streamsBody === true;
    if (!isRead && body !== undefined && body !== null) await validated(nothing, body);
    return next.handle();
  }
}

/** Nest keeps the arguments of a route by what they are and where they stand: `3:0`. */
const bodyArgument = `${RouteParamtypes.BODY}:`;

const readsBody = (context: ExecutionContext): boolean => {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as unknown;
  return Object.keys(args ?? {}).some((argument) => argument.startsWith(bodyArgument));
};
