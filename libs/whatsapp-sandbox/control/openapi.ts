import { STATUS_CODES } from 'node:http';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { ControlApp } from './zod-routes.js';

const description = `Controls the virtual phones of a WhatsApp sandbox: create phones, scan QR codes, send and read messages, go offline,
and inject faults. There is no authentication: by default the API listens on this machine only.

Errors are problem documents (RFC 9457) with a stable \`code\`. Unknown fields are refused. Times are ISO 8601, in UTC.`;

const tags = [
  { name: 'Phones', description: 'Virtual phones and their behaviour.' },
  { name: 'Linked devices', description: 'Clients linked to a phone by QR code or pairing code.' },
  { name: 'Messages', description: 'Messages that phones send and receive.' },
  { name: 'Groups', description: 'Groups that phones create and change.' },
  { name: 'Channels', description: 'Channels that accounts own, with what was posted.' },
  { name: 'Faults', description: 'Faults to inject.' },
  { name: 'Transcript', description: 'The stanzas between clients and the sandbox, for debugging.' },
  { name: 'Sandbox', description: 'The sandbox as a whole.' },
];

/** The documentation page serves its own styles and scripts and loads nothing from other hosts. */
const docsPolicy =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; " +
  "script-src 'self'; style-src 'self' 'unsafe-inline'";

type JsonSchema = { readonly [key: string]: unknown };

/** Publishes `/openapi.json` and `/docs`. Must be called before the routes are added. */
export async function publishOpenApi(app: ControlApp): Promise<void> {
  const components = new Map<string, JsonSchema>();
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'WhatsApp sandbox: control API', description, version: '1' },
      tags,
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
    staticCSP: docsPolicy,
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

/** Collects named schemas as components and refers to them. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Map<string, JsonSchema>): JsonSchema {
  const converted = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: removeTypeDetails });
  const { $defs = {}, ...own } = JSON.parse(
    JSON.stringify(converted).replaceAll('#/$defs/', '#/components/schemas/'),
  ) as { $defs?: { [name: string]: JsonSchema }; $schema?: string };
  for (const [name, definition] of Object.entries($defs)) components.set(name, definition);
  delete own.$schema;
  return own;
}

/** Removes details of our types that say nothing about the data. */
function removeTypeDetails({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.readOnly;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
