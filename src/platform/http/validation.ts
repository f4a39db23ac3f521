import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { fieldMessage, unknownField } from './field-messages.js';
import { InvalidInput } from './problem.js';
import { withoutNullsAt, type Path } from './refused-nulls.js';

const maxIssues = 50;
/** Paths and messages may quote what was sent. */
const maxIssueChars = 200;

type Issue = { readonly path: Path; readonly message: string };

/**
 * Validates bodies, queries and parameters against the schemas of their route. In a body, null for an optional field is the same as leaving
 * it out, and no body is the same as an empty object.
 */
export class Validation implements PipeTransform {
  /** @throws {InvalidInput} */
  async transform(given: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (!schema || type === 'custom') return given;
    if (!(schema instanceof z.ZodType)) throw new Error('A route is validated by a schema of zod');
    if (type !== 'body') return valueOf(await parse(schema, given));
    const body = given === undefined ? {} : given;
    const parsed = await parse(schema, body);
    const without = parsed.error ? withoutNullsAt(body, refusedFields(parsed.error)) : undefined;
    return valueOf(without === undefined ? parsed : await parse(schema, without));
  }
}

/** A value as a schema takes it. @throws {InvalidInput} */
export const validated = async <Schema extends z.ZodType>(schema: Schema, value: unknown): Promise<z.output<Schema>> =>
  valueOf(await parse(schema, value)) as z.output<Schema>;

const parse = (schema: z.ZodType, value: unknown) => schema.safeParseAsync(value, { error: fieldMessage });

const valueOf = ({ data, error }: z.ZodSafeParseResult<unknown>): unknown => {
  if (!error) return data;
  const issues = error.issues.slice(0, maxIssues).flatMap(issuesOf).slice(0, maxIssues);
  throw new InvalidInput(
    issues.map(({ path, message }) => ({
      path: path.join('.').slice(0, maxIssueChars),
      message: message.slice(0, maxIssueChars),
    })),
  );
};

/** Unknown fields are named one by one. */
const issuesOf = (issue: z.core.$ZodIssue): readonly Issue[] => {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: unknownField }));
};

/** The fields whose values were refused: not those that are unknown, whatever they hold. */
const refusedFields = ({ issues }: z.ZodError): readonly Path[] =>
  issues.filter(({ code }) => code !== 'unrecognized_keys').map(({ path }) => path.map(String));
