import type { ReadModels } from '#lib/read-models';
import { jidOf, parseNamedRecipient } from '#lib/whatsapp';
import { ballotsOf, withVoters } from '../ballots.rules.js';
import { chatIdOf } from '../chat-id.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { withMentions } from '../content/mentions.js';
import { rootOf } from './people.rules.js';
import { addresses, type AddressDocument } from './addresses.projection.js';

const maxAddressesOfPerson = 1000;

const isLid = (address: string | null): address is string => address?.endsWith('@lid') === true;

/** The LIDs in a message whose numbers may have become known since it was recorded. */
const lidsIn = (view: MessageView): readonly string[] => {
  const people = [view.sender, ...ballotsOf(view).map(({ voter }) => voter)];
  const unnumbered = people.map(({ phoneNumber, lid }) => (phoneNumber === null ? lid : null));
  return [view.from, view.to, ...unnumbered, ...mentionsOf(view.content)].filter(isLid);
};

const mentionsOf = (content: MessageView['content']): readonly string[] =>
  'mentions' in content ? (content.mentions ?? []) : [];

/** The messages with what has become known of their people since they were recorded. */
export const withPeople = async <View extends MessageView>(
  models: ReadModels,
  views: readonly View[],
): Promise<readonly View[]> => {
  const idOf = ({ sessionId, account }: View, lid: string): string => chatIdOf(sessionId, account, lid);
  const ids = new Set(views.flatMap((view) => [view.chatId, ...lidsIn(view).map((lid) => idOf(view, lid))]));
  const known = await knownOf(models, [...ids]);
  if (known.size === 0) return views;
  const leads = new Map([...known].map(([id, { chatId }]) => [id, chatId]));
  return views.map((view) => {
    const numberOf = (lid: string | null): string | undefined =>
      (isLid(lid) ? known.get(idOf(view, lid))?.phoneNumber : undefined) ?? undefined;
    const number = known.get(view.chatId)?.phoneNumber;
    const { from, to, sender, content } = view;
    const numbered = ({ phoneNumber, lid }: MessageView['sender']): MessageView['sender'] => ({
      phoneNumber: phoneNumber ?? numberOf(lid) ?? null,
      lid,
    });
    return {
      ...view,
      chatId: rootOf(view.chatId, leads),
      ...(number && { chat: jidOf(number) }),
      from: numberOf(from) ?? from,
      to: numberOf(to) ?? to,
      sender: numbered(sender),
      content: withMentions(content, { mentions: mentionsOf(content).map((each) => numberOf(each) ?? each) }),
      ...withVoters(view, numbered),
    };
  });
};

/** What is known of these addresses, and of those that their chats lead to. */
const knownOf = async (models: ReadModels, ids: readonly string[]): Promise<ReadonlyMap<string, AddressDocument>> => {
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

/** All jids that the person or group with this number or address has, or had, in the messages of one user, or of all. */
export const jidsOf = async (models: ReadModels, text: string, userId?: string): Promise<readonly string[]> => {
  const asked = parseNamedRecipient(text);
  if (!asked || asked.kind === 'group') return [asked?.jid ?? text];
  const whose = userId === undefined ? {} : { userId };
  const limit = maxAddressesOfPerson;
  const { data: owners } = await models.find(addresses, { where: { ...whose, address: asked.jid }, limit });
  const numbers = new Set(owners.flatMap(({ phoneNumber }) => phoneNumber ?? []));
  if (asked.kind === 'person') numbers.add(asked.phoneNumber);
  const where = { ...whose, phoneNumber: { in: [...numbers] } };
  const { data: others } = await models.find(addresses, { where, limit });
  return [...new Set([asked.jid, ...[...numbers].map(jidOf), ...others.map(({ address }) => address)])];
};
