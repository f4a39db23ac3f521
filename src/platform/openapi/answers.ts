import { ApiExtension, ApiResponse } from '@nestjs/swagger';
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
    results: z
      .array(z.object({ path: z.string(), ok: z.boolean(), code: z.string().optional() }))
      .optional()
      .describe('Where a change failed of which a part is done, or may be: what became of each part.'),
  })
  .meta({
    id: 'Problem',
    description: 'An error (RFC 9457).',
    examples: [problem({ status: 404, code: 'not_found', detail: 'There is no such resource' }, 'req-1')],
  });

/** A route's successful answer. Without a schema it has no body. The schema's examples become the answer's. */
export const Answers = (status: number, description: string, schema?: z.ZodType): MethodDecorator =>
  ApiResponse({ status, description, ...(schema && { standardSchema: schema }) });

/** Headers by name, as documented. */
export type DocumentedHeaders = {
  readonly [name: string]: { readonly description: string; readonly schema: { readonly type: string } };
};

/** What the document leaves out again when it has been completed with it. */
export const extensions = { headers: 'x-answer-headers', mediaTypes: 'x-answer-media-types' } as const;

/** Headers that a route's answers with these statuses have, beside those that all have. */
export const AnswerHeaders = (statuses: readonly number[], headers: DocumentedHeaders): MethodDecorator =>
  ApiExtension(extensions.headers, { statuses, headers });

/** A route's 200 and 202 name the resource's path in `Location`. */
export const Located = (): MethodDecorator =>
  AnswerHeaders([200, 202], { Location: { description: "The resource's path.", schema: { type: 'string' } } });

/** The media types that a route's 200 may have instead of JSON, by `Accept`. */
export const OtherMediaTypes = (...types: readonly string[]): MethodDecorator =>
  ApiExtension(extensions.mediaTypes, types);

/** A route's problems, but for those that follow from its permission and input: these are added automatically. */
export const Refuses =
  (...refusals: readonly DocumentedProblem[]): MethodDecorator =>
  (target, name, method) => {
    const route = method.value as object;
    const all = [...((Reflect.getMetadata(refusalsKey, route) as typeof refusals | undefined) ?? []), ...refusals];
    Reflect.defineMetadata(refusalsKey, all, route);
    // Nest keeps one response per status: each time, those from before are told again.
    for (const status of new Set(all.map((refusal) => refusal.status))) {
      const response = problemResponse(all.filter((refusal) => refusal.status === status));
      ApiResponse({ status, ...response })(target, name, method);
    }
  };

const refusalsKey = 'waybill:refusals';

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
