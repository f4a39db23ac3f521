import { z } from 'zod';

/** The query of a list. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25).describe('Maximum number of items.'),
  cursor: z.string().min(1).max(1000).exactOptional().describe('`next` of the previous page.'),
});

/** The answer of a list: one page, newest first. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string, example: z.input<Item>) =>
  z
    .object({
      data: z.array(item),
      next: z.string().nullable().describe('The cursor of the next page; null on the last.'),
    })
    .meta({ id, examples: [{ data: [example], next: null }] });

/** The parameter `id` of a route. */
export const ById = z.strictObject({ id: z.uuid() });
