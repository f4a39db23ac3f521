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
  hsts: false, // for whoever terminates TLS to say
});

/** What helmet sets is the same on every answer, so that it is asked once. */
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

/** Headers that keep a browser from doing what none of our pages asks of it. Everything comes from this server. */
export const secureHeaders = (server: FastifyInstance): void => {
  const headers = headersOf(secure);
  server.addHook('onRequest', (_request, reply, next) => {
    void reply.headers(headers);
    next();
  });
};
