type Page = { readonly events: readonly object[] };

/**
 * The events of pages, a line each: some lines at a time. The first page is read before this resolves, so that whoever asks still hears
 * of an error.
 */
export const ndjson = async (pages: AsyncGenerator<Page, void, undefined>): Promise<AsyncIterable<string>> => {
  const first = await pages.next();
  const text = lines(first, pages);
  const end = async (): Promise<IteratorResult<string>> => {
    await text.return();
    await pages.return(); // not by the lines: those that nobody has begun to read end nothing
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next: () => text.next(), return: end }) };
};

async function* lines(
  first: IteratorResult<Page, void>,
  rest: AsyncGenerator<Page, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  for (let page = first; page.done !== true; page = await rest.next()) {
    const text = page.value.events.map((event) => `${JSON.stringify(event)}\n`).join('');
    if (text !== '') yield text;
  }
}
