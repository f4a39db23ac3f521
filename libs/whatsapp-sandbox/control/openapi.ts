import { STATUS_CODES } from 'node:http';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { ControlApp } from './zod-routes.js';

const DESCRIPTION = `What a phone's owner does, for programs: create virtual phones, let them scan, send, read, go offline;
and let things go wrong. There is no credential: it answers only to this machine, unless it was bound elsewhere.

Errors are problem documents (RFC 9457) with a stable \`code\`. Unknown fields are refused. Times are ISO 8601, in UTC.`;

const TAGS = [
  { name: 'Phones', description: 'Virtual phones and how they behave.' },
  { name: 'Linked devices', description: 'Clients that a phone has linked: by QR code or by pairing code.' },
  { name: 'Messages', description: 'What phones send and receive.' },
  { name: 'Groups', description: 'Groups, as the phones in them make and change them.' },
  { name: 'Faults', description: 'Things that shall go wrong.' },
  { name: 'Transcript', description: 'The stanzas between clients and the sandbox, for debugging.' },
  { name: 'Sandbox', description: 'The sandbox as a whole.' },
];

/** The page of the documentation brings its own style and script; nothing comes from elsewhere. */
const DOCS_POLICY =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; " +
  "script-src 'self'; style-src 'self' 'unsafe-inline'";

type JsonSchema = { readonly [key: string]: unknown };

/** Publishes `/openapi.json` and `/docs`. Call it before the routes are added: it hears of each. */
export async function publishOpenApi(app: ControlApp): Promise<void> {
  const components = new Map<string, JsonSchema>();
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'WhatsApp sandbox: control API', description: DESCRIPTION, version: '1' },
      tags: TAGS,
      servers: [{ url: '/' }],
    },
    transform: ({ schema, url }) => ({ schema: toJsonSchemas(schema, components), url }),
    transformObject: (document) => {
      if (!('openapiObject' in document)) throw new Error('not an OpenAPI 3 document');
      const { openapiObject } = document;
      return { ...openapiObject, components: { schemas: Object.fromEntries(components) } };
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    uiConfig: { layout: 'BaseLayout', deepLinking: true },
    theme: { title: 'WhatsApp sandbox: control API' },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

function toJsonSchemas({ response, ...schema }: FastifySchema, components: Map<string, JsonSchema>): object {
  const convert = (value: unknown, io: 'input' | 'output'): unknown =>
    value instanceof z.ZodType ? toJsonSchema(value, io, components) : value;
  const parts = Object.entries(schema).map(([part, value]) => [part, convert(value, 'input')]);
  const answers = Object.entries(response ?? {}).map(([status, value]) => [
    status,
    answerOf(Number(status), convert(value, 'output') as JsonSchema, schema.produces),
  ]);
  return { ...Object.fromEntries(parts), ...(response !== undefined && { response: Object.fromEntries(answers) }) };
}

function answerOf(status: number, schema: JsonSchema, produces: readonly string[] = ['application/json']): object {
  const description = schema['description'] ?? STATUS_CODES[status] ?? 'Answer';
  if (status === 204) return { type: 'null', description };
  const types = status < 400 ? produces : ['application/problem+json'];
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** Named schemas are collected as components, and referred to. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Map<string, JsonSchema>): JsonSchema {
  const converted = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: plain });
  const { $defs = {}, ...own } = JSON.parse(
    JSON.stringify(converted).replaceAll('#/$defs/', '#/components/schemas/'),
  ) as { $defs?: { [name: string]: JsonSchema }; $schema?: string };
  for (const [name, definition] of Object.entries($defs)) components.set(name, definition);
  delete own.$schema;
  return own;
}

/** Takes away what says more about our types than about the data. */
function plain({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.readOnly;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
