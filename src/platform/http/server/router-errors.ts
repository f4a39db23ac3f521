import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../problem-of.js';
import { problem } from '../problem.js';
import { addStandardHeaders } from './security-headers.js';

/** Answers what the router refuses: a URL that is malformed, or with a segment that is too long. */
export const answerRouterError = (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
  const details = problemOf(error);
  addStandardHeaders(request, reply);
  void reply.status(details.status).type('application/problem+json').send(problem(details, request.id));
};
