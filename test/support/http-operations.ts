import type { OpenAPIObject } from '@nestjs/swagger';
import type { Permission } from '../../src/platform/http/access.contract.js';

/** A route as the OpenAPI document tells of it. */
export type Operation = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string | undefined;
  /** The statuses of its good answers; 101 where it becomes a WebSocket. */
  readonly successes: readonly string[];
  /** The name of its body's schema, where it takes one. */
  readonly body: string | undefined;
  readonly query: readonly string[];
  /** Its good answer does not end. */
  readonly streams: boolean;
};

type Responses = { readonly [status: string]: { readonly content?: object } };

type Described = {
  readonly summary?: string;
  readonly 'x-permission': Permission;
  readonly responses: object;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: { readonly [type: string]: { readonly schema: { readonly $ref: string } } };
  };
};

/** All routes of the document. */
export const operations = (document: OpenAPIObject): readonly Operation[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'post', 'patch', 'put', 'delete'] as const).flatMap((method) => {
      const described = item[method] as unknown as Described | undefined;
      if (!described) return [];
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        permission: described['x-permission'],
        summary: described.summary,
        successes: Object.keys(described.responses).filter((status) => Number(status) < 300),
        body: described.requestBody?.content['application/json']?.schema.$ref.split('/').at(-1),
        streams: 'text/event-stream' in ((described.responses as Responses)['200']?.content ?? {}),
        query: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
      };
    }),
  );

/** What the document gives as an example of an operation's body. */
export const exampleBody = (document: OpenAPIObject, { body }: Operation): unknown => {
  if (body === undefined) return undefined;
  const schema = document.components?.schemas?.[body] as { readonly example?: unknown } | undefined;
  if (schema?.example === undefined) throw new Error(`${body} has no example`);
  return schema.example;
};
