import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { ControlApp } from './zod-routes.js';

const contentSecurityPolicy =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; " +
  "img-src 'self' blob:; media-src 'self' blob:; script-src 'self'; style-src 'self'";

const require = createRequire(import.meta.url);
const pageDirectory = fileURLToPath(new URL('./page', import.meta.url));

/** Serves the web page, whose files are beside this one in the sources and in the build, and the QR decoder. */
export async function pageRoutes(app: ControlApp): Promise<void> {
  const setHeaders: FastifyStaticOptions['setHeaders'] = (response) => {
    void response.header('content-security-policy', contentSecurityPolicy);
    void response.header('cache-control', 'no-cache');
  };
  const common = { schemaHide: true, cacheControl: false, setHeaders } as const;
  await app.register(fastifyStatic, { ...common, root: pageDirectory });
  await app.register(fastifyStatic, {
    ...common,
    root: dirname(require.resolve('qr/decode.js')),
    prefix: '/vendor/qr/',
    decorateReply: false,
    allowedPath: (path) => ['/decode.js', '/index.js'].includes(path),
  });
}
