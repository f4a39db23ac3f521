import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
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

/** Headers of every answer. They restrict browsers to what our pages need: everything is loaded from this server. */
export const standardHeaders = headersOf(secure);

/** Also in the form in which proxies are asked: with the server's name. */
const ofApi = /^(?:https?:\/\/[^/]*)?\/v1/i;

/** Adds the standard headers to an answer. The API's answers are never cached. */
export const addStandardHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.headers(standardHeaders).header('x-request-id', request.id);
  if (ofApi.test(request.url)) void reply.header('cache-control', 'no-store');
};
