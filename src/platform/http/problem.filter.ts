import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../tokens.js';
import { problemOf } from './problem-of.js';
import { problem } from './problem.js';

/** Answers every error with a problem document, and logs internal ones. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (hasLeft(error, reply)) return void reply.send();
    const details = problemOf(error);
    request.problemCode = details.code;
    if (details.status >= 500) this.log.error({ err: error, requestId: request.id }, 'Request failed');
    if (details.status === 401) void reply.header('www-authenticate', 'Bearer, ApiKey');
    if (details.allow !== undefined) void reply.header('allow', details.allow);
    if (mayFinish(request)) void reply.removeHeader('connection');
    else if (!request.raw.complete) void reply.header('connection', 'close'); // the rest of the body is not read
    if (details.retryAfter !== undefined) void reply.header('retry-after', String(details.retryAfter));
    void reply.status(details.status).type('application/problem+json').send(problem(details, request.id));
  }
}

/** Whether the caller closed the connection before the stream that answers them had begun: nobody is there for a problem. */
const hasLeft = (error: unknown, { raw }: FastifyReply): boolean =>
  raw.destroyed && (error as { readonly code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';

const maxDiscardedBytes = 64 * 1024 * 1024;

/**
 * Whether a caller who is known may finish sending a body that nobody has begun to read: Node discards it. Of a connection that is closed
 * meanwhile, many clients only see that they cannot write, and not why.
 */
const mayFinish = ({ caller, headers, raw }: FastifyRequest): boolean =>
  caller !== undefined && !raw.readableDidRead && Number(headers['content-length']) <= maxDiscardedBytes;
