import { NotConnected, QueryFailed } from '#lib/whatsapp';

const tooManyQueries = 429;

/** WhatsApp refuses this one thing, and may take the next. */
const isRefusal = (error: unknown): boolean =>
  error instanceof QueryFailed && error.code !== null && error.code !== tooManyQueries;

type Told<Record> = {
  readonly records: readonly Record[];
  /** The last error, where WhatsApp was not told everything. */
  readonly failure?: unknown;
};

/**
 * Tells WhatsApp one thing after the other; `tell` answers the commands that record it. What WhatsApp refuses is passed over. Ends early where the session
 * is not connected, or WhatsApp does not answer or wants fewer questions.
 */
export const tellInTurn = async <Item, Record>(
  items: AsyncIterable<Item>,
  tell: (item: Item) => Promise<readonly Record[]>,
): Promise<Told<Record>> => {
  const records: Record[] = [];
  let failure: unknown;
  for await (const item of items) {
    try {
      records.push(...(await tell(item)));
    } catch (error) {
      if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
      failure = error;
      if (!isRefusal(error)) break;
    }
  }
  return { records, ...(failure !== undefined && { failure }) };
};
