import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { problem } from '../http/problem.js';

/** A problem that a route may answer, as documented. */
export type DocumentedProblem = { readonly status: number; readonly code: string; readonly detail: string };

/** The schema of every error. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable: compare this.'),
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Where the input is invalid, and why.'),
  })
  .meta({
    id: 'Problem',
    description: 'An error (RFC 9457).',
    examples: [problem({ status: 404, code: 'not_found', detail: 'There is no such resource' }, 'req-1')],
  });

/** A route's successful answer. Without a schema it has no body. The schema's examples become the answer's. */
export const Answers = (status: number, description: string, schema?: z.ZodType): MethodDecorator =>
  ApiResponse({ status, description, ...(schema && { standardSchema: schema }) });

/** A route's problems, but for those that follow from its permission and input: these are added automatically. */
export const Refuses = (...refusals: readonly DocumentedProblem[]): MethodDecorator =>
  applyDecorators(
    ...[...new Set(refusals.map(({ status }) => status))].map((status) =>
      ApiResponse({ status, ...problemResponse(refusals.filter((refusal) => refusal.status === status)) }),
    ),
  );

/** The documentation of all problems with one status: an example per code. */
export const problemResponse = (refusals: readonly DocumentedProblem[]) => ({
  description: refusals.map(({ code }) => `\`${code}\``).join(', '),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(
        refusals.map((refusal) => [
          refusal.code,
          { summary: refusal.detail, value: problem(refusal, '0199a3c4-1f00-7000-8000-5d1c9a6e2b10') },
        ]),
      ),
    },
  },
});
