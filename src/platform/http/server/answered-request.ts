import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A request whose answer has ended, or whose caller is gone. */
export type AnsweredRequest = {
  readonly request: FastifyRequest;
  /** Null where nothing was answered. */
  readonly status: number | null;
  readonly ms: number;
  readonly bytesOut: number;
};

export type OnAnswered = (answered: AnsweredRequest) => void;

/** Tells of each request once, when its answer has ended: also where the connection broke, or became a WebSocket and was closed. */
export const observeAnswers = (server: FastifyInstance, onAnswered: OnAnswered): void => {
  server.addHook('onRequest', (request, reply, next) => {
    const { socket } = request.raw;
    const begunAt = performance.now();
    const sentBefore = socket.bytesWritten;
    let isOver = false;
    const end = (isWhole: boolean): void => {
      if (isOver) return;
      isOver = true;
      socket.off('close', broken); // it serves further requests
      const ms = Math.round(performance.now() - begunAt);
      const bytesOut =
        (isWhole ? announcedBytes(reply) : undefined) ?? Math.max(0, (socket.bytesWritten || 0) - (sentBefore || 0));
      onAnswered({ request, status: statusOf(request, reply), ms, bytesOut });
    };
    const broken = (): void => end(false);
    reply.raw.once('finish', () => end(true)).once('close', broken);
    if (isForWebSocket(request)) socket.once('close', broken);
    next();
  });
};

const isForWebSocket = ({ headers }: FastifyRequest): boolean => headers.upgrade?.toLowerCase() === 'websocket';

const switchingProtocols = 101;

const statusOf = (request: FastifyRequest, { raw, sent }: FastifyReply): number | null => {
  if (raw.headersSent) return raw.statusCode;
  return sent && isForWebSocket(request) ? switchingProtocols : null;
};

/** The length of a body that was sent as announced. Of others, what went over the wire is counted. */
const announcedBytes = (reply: FastifyReply): number | undefined => {
  if (reply.request.method === 'HEAD') return undefined;
  const bytes = Number(reply.getHeader('content-length') ?? Number.NaN);
  return bytes >= 0 ? bytes : undefined;
};
