import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import { z } from 'zod';
import { Refusal } from './problem.js';

/** Lets routes be typed by the zod schemas that they declare. */
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

/** Makes the app check what comes in against zod schemas. What goes out is typed by them and written as it is. */
export function withZod(app: FastifyInstance): ControlApp {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => {
    // Fastify hands over null where there is no body
    const { success, data, error } = schema.safeParse(httpPart === 'body' ? (value ?? {}) : value);
    return success ? { value: data } : { error: refusalOf(error) };
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  return app.withTypeProvider<ZodTypes>();
}

function refusalOf({ issues }: z.ZodError): Refusal {
  const errors = issues.flatMap((issue) => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'there is no such field' }));
  });
  return new Refusal(400, 'validation_failed', 'the request does not fit its schema', errors);
}
