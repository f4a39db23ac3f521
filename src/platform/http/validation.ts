import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { fieldMessage, unknownField } from './field-messages.js';
import { InvalidInput } from './problem.js';
import { withoutNullsAt, type Path } from './refused-nulls.js';

const maxIssues = 50;
/** Paths and messages may quote what was sent. */
const maxIssueChars = 200;

type Issue = { readonly path: Path; readonly message: string };

/** Validates bodies, queries and parameters against the schemas of their route. No body is the same as an empty object. */
export class Validation implements PipeTransform {
  /** @throws {InvalidInput} */
  transform(given: unknown, { schema, type }: ArgumentMetadata): unknown {
    if (!schema || type === 'custom') return given;
    if (!(schema instanceof z.ZodType)) throw new Error('A route is validated by a schema of zod');
    if (type !== 'body') return valueOf(parse(schema, given));
    return validated(schema, given === undefined ? {} : given);
  }
}

/**
 * What a body, or a part of one, is by its schema. Null for an optional field is the same as leaving it out. @throws {InvalidInput}
 */
export const validated = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> => {
  const parsed = parse(schema, value);
  const without = parsed.error ? withoutNullsAt(value, refusedFields(parsed.error)) : undefined;
  return valueOf(without === undefined ? parsed : parse(schema, without)) as z.output<Schema>;
};

/** Synchronous: zod does not compile schemas for `safeParseAsync`. */
const parse = (schema: z.ZodType, value: unknown) => schema.safeParse(value, { error: fieldMessage });

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

/** Unknown fields are named one by one. Where a value may be one of several, what keeps it from being the nearest of them is told. */
const issuesOf = (issue: z.core.$ZodIssue): readonly Issue[] => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownField }));
  }
  const [nearest] = optionsOf(issue).toSorted((one, other) => farFrom(one) - farFrom(other));
  return nearest && farFrom(nearest) < wrongKind
    ? nearest.flatMap(issuesOf).map((inner) => ({ ...inner, path: [...path, ...inner.path] }))
    : [{ path, message: issue.message }];
};

/** The fields whose values were refused: not those that are unknown, whatever they hold. */
const refusedFields = ({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }): readonly Path[] =>
  issues
    .filter(({ code }) => code !== 'unrecognized_keys')
    .flatMap((issue) => {
      const path = issue.path.map(String);
      const inOptions = optionsOf(issue).flatMap((option) => refusedFields({ issues: option }));
      return [path, ...inOptions.map((inner) => [...path, ...inner])];
    });

/** What was found wrong with a value as each of the options that it has. */
const optionsOf = (issue: z.core.$ZodIssue): readonly (readonly z.core.$ZodIssue[])[] =>
  issue.code === 'invalid_union' ? issue.errors : [];

const wrongKind = 1_000;

/** A value that is not even of an option's kind says nothing about it; fields that the option does not know speak against it. */
const farFrom = (option: readonly z.core.$ZodIssue[]): number =>
  option.some(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys')
    ? wrongKind
    : option.filter(({ code }) => code === 'unrecognized_keys').length * maxIssues + option.length;
