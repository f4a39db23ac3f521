import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';
import { problem } from './problem.js';

/** Answers what is refused before there is a route: an address that cannot be decoded, or with a part that is too long. */
export const answerRouterError = (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
  const details = problemOf(error);
  void reply
    .status(details.status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(problem(details, request.id));
};
