import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fieldMessage } from './field-messages.js';

const messageOf = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: fieldMessage }).error?.issues[0]?.message;

describe('what is wrong with a field', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['Is required', z.string(), undefined],
    ['Must be text', z.string(), 7],
    ['Must be a whole number', z.int(), 1.5],
    ['Must be a list', z.array(z.string()), {}],
    ['Must have at least 2 characters', z.string().min(2), 'a'],
    ['Must have at most 1 item', z.array(z.int()).max(1), [1, 2]],
    ['Must be at most 10', z.number().max(10), 11],
    ['Must be less than 10', z.number().lt(10), 10],
    ['Must be an email address', z.email(), 'ada'],
    ['Must be a UUID', z.uuid(), '1'],
    ['Must be a time with its zone (ISO 8601): 2027-01-01T09:00:00Z', z.iso.datetime(), 'noon'],
    ['Must be of another form', z.string().regex(/^a+$/), 'b'],
    ['Must be one of: up, down', z.enum(['up', 'down']), 'left'],
    ['There is no such field', z.strictObject({}), { a: 1 }],
    ['Must be even', z.int().refine((n) => n % 2 === 0, 'Must be even'), 1],
  ])('is said as: %s', (message, schema, value) => {
    expect(messageOf(schema, value)).toBe(message);
  });

  it('that a schema says itself is said as it does', () => {
    expect(messageOf(z.string('A name, please'), 7)).toBe('A name, please');
  });
});
