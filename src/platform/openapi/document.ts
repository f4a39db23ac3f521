import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Problem } from './answers.js';
import { complete } from './common.js';
import { groups, groupsByReader } from './groups.js';
import { introduction } from './introduction.js';
import { PublicEvents } from '../public-events/public-events.js';
import { toOpenApi } from './schemas.js';
import { describedWebhooks } from './webhooks.js';

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const apiKey =
  '`wb_<keyId>_<secret>`: the `secret` that an admin gets from `POST /v1/admin/users/{id}/api-keys`. Its scopes say what it may do.';
const accessToken =
  'The `accessToken` from `POST /v1/admin/auth/login`. The first start makes the first owner, and prints the password.';

/** The OpenAPI 3.1 document, made from the decorators and schemas of all routes. */
export const openApiDocument = (app: INestApplication): OpenAPIObject => {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Waybill')
    .setDescription(introduction)
    .setVersion('1')
    .addServer('/')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: apiKey }, 'apiKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: accessToken }, 'admin')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: toOpenApi,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const problem = toOpenApi(Problem, { schemaType: 'output' })?.components;
  const { webhooks, components } = describedWebhooks(app.get(PublicEvents).catalogue);
  document.components = {
    ...document.components,
    schemas: { ...(components as object), ...document.components?.schemas, ...(problem as object) },
  };
  for (const item of Object.values(document.paths)) {
    for (const method of methods) if (item[method]) complete(item[method], document);
  }
  document.tags = [...groups];
  document.paths = inOrder(document.paths);
  Object.assign(document.info, { 'x-logo': { url: 'logo.svg', altText: 'Waybill' } });
  return Object.assign(document, { webhooks, 'x-tagGroups': groupsByReader });
};

/** The paths in the order of their groups; within a group as they are declared. */
const inOrder = (paths: OpenAPIObject['paths']): OpenAPIObject['paths'] => {
  const names = groups.map(({ name }) => name);
  const placeOf = (item: OpenAPIObject['paths'][string]): number =>
    Math.min(...methods.flatMap((method) => item[method]?.tags ?? []).map((tag) => names.indexOf(tag)));
  return Object.fromEntries(Object.entries(paths).toSorted(([, a], [, b]) => placeOf(a) - placeOf(b)));
};
