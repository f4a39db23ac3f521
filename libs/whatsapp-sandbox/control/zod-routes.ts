import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifySchemaCompiler,
  type FastifyServerOptions,
  type FastifyTypeProvider,
  type RawServerDefault,
} from 'fastify';
import { z } from 'zod';
import { ControlError } from './problem.js';

/** Derives the types of a route from its zod schemas. */
interface ZodTypes extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown;
}

export type ControlApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypes
>;

const validator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (value) => {
    // Fastify passes null if there is no body
    const { success, data, error } = schema.safeParse(httpPart === 'body' ? (value ?? {}) : value);
    return success ? { value: data } : { error: validationError(error) };
  };

/** In the place of Fastify's own, which take long to load. */
const compilersFactory = {
  buildValidator: () => validator,
  buildSerializer: () => () => JSON.stringify,
} as unknown as NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

/** A server that validates requests against zod schemas. Responses are typed by the schemas but not validated. */
export function withZod(options: FastifyServerOptions): ControlApp {
  return fastify({ ...options, schemaController: { compilersFactory } }).withTypeProvider<ZodTypes>();
}

function validationError({ issues }: z.ZodError): ControlError {
  const errors = issues.flatMap((issue) => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'unknown field' }));
  });
  return new ControlError(400, 'validation_failed', 'the request does not match its schema', errors);
}
