import type { z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const units: { readonly [origin: string]: string } = {
  string: 'character',
  array: 'item',
  set: 'item',
  object: 'field',
};
const types: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const formats: { readonly [format: string]: string } = {
  email: 'an email address',
  uuid: 'a UUID',
  datetime: 'a time with its zone (ISO 8601): 2027-01-01T09:00:00Z',
  date: 'a date (ISO 8601)',
  url: 'a URL',
  ipv4: 'an IP address',
  ipv6: 'an IP address',
  base64: 'base64',
};

/** What is wrong with a field, in the words of this service; a schema's own words come before these. */
export const fieldMessage = (issue: RawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Is required' : `Must be ${types[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return `Must be ${formats[issue.format] ?? 'of another form'}`;
    case 'invalid_value':
      return `Must be ${issue.values.length > 1 ? 'one of: ' : ''}${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return unknownField;
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`;
    default:
      return issue.input === undefined ? 'Is required' : 'Is not valid';
  }
};

/** Of each field that a schema does not know. */
export const unknownField = 'There is no such field';

const bound = (origin: string, comparison: string, limit: number | bigint): string => {
  const unit = units[origin];
  if (unit === undefined) return `Must be ${comparison} ${limit}`;
  return `Must have ${comparison} ${limit} ${Number(limit) === 1 ? unit : `${unit}s`}`;
};
