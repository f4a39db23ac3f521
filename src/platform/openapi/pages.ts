import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import mime from 'mime';
import { openApiDocument } from './document.js';
import { logo } from './logo.js';

/** Relative links, so that it works behind a proxy that adds a path. */
const redocPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Waybill</title>
    <link rel="icon" href="logo.svg">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <redoc spec-url="openapi.json"></redoc>
    <script src="redoc/redoc.standalone.js"></script>
  </body>
</html>
`;

/** Not for long: after an upgrade, pages and scripts should be of the same version. */
const cacheSeconds = 600;

const sendFile = (reply: FastifyReply, file: string): unknown =>
  reply
    .type(`${mime.getType(file)}; charset=utf-8`)
    .header('cache-control', `max-age=${cacheSeconds}`)
    .send(createReadStream(file));

/**
 * What Nest sets Swagger UI up on: the application, which serves its styles and scripts by itself. Nest would load a library for that at each
 * start, which took longer than all routes.
 */
const servingItself = (app: NestFastifyApplication): NestFastifyApplication => {
  const adapter = Object.create(app.getHttpAdapter(), { getType: { value: () => 'its own' } }) as object;
  const useStaticAssets = (root: string, { prefix }: { readonly prefix: string }): void => {
    const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'];
    const server = app.getHttpAdapter().getInstance();
    for (const file of files) server.get(`${prefix}/${file}`, (_request, reply) => sendFile(reply, join(root, file)));
  };
  return Object.create(app, {
    getHttpAdapter: { value: () => adapter },
    useStaticAssets: { value: useStaticAssets },
  }) as NestFastifyApplication;
};

/** Serves `/openapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc`; everything is loaded from this server. */
export const serveDocumentation = (app: NestFastifyApplication): void => {
  SwaggerModule.setup('docs', servingItself(app), () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Waybill',
    customfavIcon: 'logo.svg',
    customCss: '.topbar-wrapper .link img { content: url(logo.svg); height: 40px }',
    swaggerOptions: { validatorUrl: null, displayRequestDuration: true },
  });
  const server = app.getHttpAdapter().getInstance();
  const require = createRequire(import.meta.url);
  const script = require.resolve('redoc/bundles/redoc.standalone.js');
  server.get('/logo.svg', (_request, reply) =>
    reply.type('image/svg+xml').header('cache-control', `max-age=${cacheSeconds}`).send(logo),
  );
  server.get('/redoc', (_request, reply) => reply.type('text/html; charset=utf-8').send(redocPage));
  server.get('/redoc/redoc.standalone.js', (_request, reply) => sendFile(reply, script));
};
