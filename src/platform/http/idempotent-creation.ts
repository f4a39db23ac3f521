import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '#lib/ids';
import { Idempotency, type Making } from './idempotency.js';
import { InvalidInput } from './problem.js';

/**
 * Creates something under a new id; with an `Idempotency-Key` only once, however often the request is repeated. `asks` is what the body asks
 * for, where the route reads the body itself.
 */
export type IdempotentCreation = <Made>(making: Making<Made>, asks?: unknown) => Promise<Made>;

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

const keyPattern = /^[\x21-\x7e]{1,255}$/;

@Injectable()
class IdempotentCreationPipe implements PipeTransform<Exchange, IdempotentCreation> {
  constructor(private readonly idempotency: Idempotency) {}

  transform({ request, reply }: Exchange): IdempotentCreation {
    const { caller, headers } = request;
    const key = headers['idempotency-key'];
    if (key === undefined) return ({ make }) => make(newId());
    if (typeof key !== 'string' || !keyPattern.test(key)) {
      throw new InvalidInput([{ path: 'Idempotency-Key', message: 'Must be 1 to 255 printable characters' }]);
    }
    const owner = caller?.kind === 'user' ? `user ${caller.userId}` : `admin ${caller?.adminId}`;
    return async (making, body = request.body ?? null) => {
      const asks = [request.method, request.url, body];
      const { made, replayed } = await this.idempotency.once({ owner, key, asks }, making);
      if (replayed) void reply.header('idempotent-replayed', 'true');
      return made;
    };
  }
}

const parameter = createParamDecorator((_options: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});

const header = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'Requests with the same key and body are executed once; repeated ones get the first answer again (but for secrets), with `Idempotent-Replayed: true`. A request that was refused does not use up its key. Kept for at least 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
});

/** A parameter of type `IdempotentCreation`, for every route that creates something. */
export const Idempotent = (): ParameterDecorator => (target, name, index) => {
  parameter(IdempotentCreationPipe)(target, name, index);
  const method = name === undefined ? undefined : Object.getOwnPropertyDescriptor(target, name);
  if (name === undefined || !method) throw new Error('Idempotent() decorates a parameter of a route');
  header(target, name, method);
  ApiExtension('x-idempotent', true)(target, name, method);
};
