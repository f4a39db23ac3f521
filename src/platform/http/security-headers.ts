import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"], // Swagger UI and ReDoc write styles into their pages
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      workerSrc: ["'self'", 'blob:'], // ReDoc searches in one
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  hsts: false, // up to whatever terminates TLS
});

/** Helmet sets the same headers on every answer, so it is called once. */
const headersOf = (middleware: typeof secure): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  } as unknown as ServerResponse;
  middleware({} as Parameters<typeof secure>[0], recorder, (error) => {
    if (error !== undefined) throw error as Error;
  });
  return headers;
};

/** Headers that restrict browsers to what our pages need. Everything is loaded from this server. */
export const secureHeaders = (server: FastifyInstance): void => {
  const headers = headersOf(secure);
  server.addHook('onRequest', (_request, reply, next) => {
    void reply.headers(headers);
    next();
  });
};
