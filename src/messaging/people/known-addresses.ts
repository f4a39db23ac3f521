import type { ViewReader } from '#lib/read-models';
import { addresses, type AddressDocument } from './addresses.projection.js';

/** What is known of the addresses with these ids, and of those that their chats lead to. */
export const knownAddresses = async (
  models: ViewReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AddressDocument>> => {
  const known = new Map<string, AddressDocument>();
  const asked = new Set<string>();
  for (let next = ids; next.length > 0;) {
    for (const id of next) asked.add(id);
    const documents = await models.getAll(addresses, next);
    for (const document of documents) known.set(document.id, document);
    next = [...new Set(documents.map(({ chatId }) => chatId))].filter((id) => !asked.has(id));
  }
  return known;
};
