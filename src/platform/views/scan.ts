import type { Collection, Fields, Find, ViewReader } from '#lib/read-models';

/** The largest page. */
const pageSize = 1000;

/** Every document that a search finds, page by page. Does not wait for anything: see `Views.fresh`. */
export async function* scan<Doc extends Fields>(
  models: ViewReader,
  view: Collection<Doc>,
  find: Omit<Find<Doc>, 'limit' | 'cursor'>,
): AsyncGenerator<Doc, void, undefined> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await models.find(view, {
      ...find,
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    } as Find<Doc>);
    yield* page.data;
    cursor = page.next;
  }
}
