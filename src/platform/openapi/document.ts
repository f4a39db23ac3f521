import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Problem } from './answers.js';
import { complete } from './common.js';
import { toOpenApi } from './schemas.js';

const description = `A WhatsApp gateway that keeps the record.

**Users** send an API key in \`X-Api-Key\`, **admins** an access token as a bearer. Errors are problem documents (RFC 9457): compare their \`code\`.
Lists are newest first: pass \`next\` as \`cursor\` to get the next page.
In a body, null for an optional field is the same as leaving it out.`;

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/** The OpenAPI 3.1 document, made from the decorators and schemas of all routes. */
export const openApiDocument = (app: INestApplication): OpenAPIObject => {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Waybill')
    .setDescription(description)
    .setVersion('1')
    .addServer('/')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: '`wb_<keyId>_<secret>`' }, 'apiKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'admin')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: toOpenApi,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const problem = toOpenApi(Problem, { schemaType: 'output' })?.components;
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...(problem as object) },
  };
  for (const item of Object.values(document.paths)) {
    for (const method of methods) if (item[method]) complete(item[method], document);
  }
  return document;
};
