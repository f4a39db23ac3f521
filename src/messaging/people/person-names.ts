import { rootOf, type ViewReader } from '#lib/read-models';
import { jidOf } from '#lib/whatsapp';
import { chatIdOf } from '../chat-id.contract.js';
import { chats } from '../chats/chats.projection.js';
import type { KnownPerson } from '../person.contract.js';
import { knownAddresses } from './known-addresses.js';

/** See `ListNames`. */
export const namesOf = async (
  models: ViewReader,
  people: readonly KnownPerson[],
): Promise<readonly (string | null)[]> => {
  const ids = people.map(({ sessionId, account, phoneNumber, lid }) =>
    [phoneNumber === null ? null : jidOf(phoneNumber), lid].flatMap((jid) =>
      jid === null ? [] : chatIdOf(sessionId, account, jid),
    ),
  );
  const known = await knownAddresses(models, [...new Set(ids.flat())]);
  const leads = new Map([...known].map(([id, { chatId }]) => [id, chatId]));
  const chatIds = ids.map((own) => [...own.map((id) => rootOf(id, leads)), ...own]);
  const found = await models.getAll(chats, [...new Set(chatIds.flat())]);
  const names = new Map(found.map(({ id, name }) => [id, name]));
  return chatIds.map((each) => each.map((id) => names.get(id)).find((name) => typeof name === 'string') ?? null);
};
