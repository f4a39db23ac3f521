import { z } from 'zod';
import { maxSearchWords, searchWordsOf } from '#lib/read-models';

/** The query of a list. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25).describe('Maximum number of items.'),
  cursor: z.string().min(1).max(1000).exactOptional().describe('`next` of the previous page.'),
});

/** The parameter `q` of a list that can be searched; `of` says what in. */
export const SearchWords = (of: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .refine((text) => searchWordsOf(text).length <= maxSearchWords, `Must have ${maxSearchWords} words at the most`)
    .exactOptional()
    .describe(
      `Words of ${of}: ${maxSearchWords} at the most. From three letters on, the beginning of a word is enough. Searches of one caller run one at a time.`,
    );

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
