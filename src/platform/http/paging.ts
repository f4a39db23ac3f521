import { z } from 'zod';

/** Where a page of a list begins and how long it is. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25).describe('How many at the most.'),
  cursor: z.string().min(1).max(1000).exactOptional().describe('`next` of the page before.'),
});

/** A page of a list, newest first, as it is answered. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string, example: z.input<Item>) =>
  z
    .object({
      data: z.array(item),
      next: z.string().nullable().describe('The cursor of the next page; null on the last.'),
    })
    .meta({ id, examples: [{ data: [example], next: null }] });

/** The parameter `id` of a route. */
export const ById = z.strictObject({ id: z.uuid() });
