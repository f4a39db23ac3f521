import type { AnswerOf } from '#lib/event-sourcing';
import { parseId } from '#lib/ids';
import { rootOf, type ViewReader } from '#lib/read-models';
import { isOfPerson, jidOf, parseNamedRecipient } from '#lib/whatsapp';
import type { ListChatNames } from '../address.contract.js';
import { ballotsOf, withVoters } from '../ballots.rules.js';
import { chatIdOf } from '../chat-id.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { mentionsIn, withMentions } from '../content/kinds.js';
import { addresses } from './addresses.projection.js';
import { knownAddresses } from './known-addresses.js';
import { namesOf } from './person-names.js';

const maxAddressesOfPerson = 1000;

const isLid = (address: string | null): address is string => address?.endsWith('@lid') === true;

/** The LIDs in a message whose numbers may have become known since it was recorded. A status post has up to a thousand recipients. */
const lidsIn = (view: MessageView, withRecipients: boolean): readonly string[] => {
  const people = [view.sender, ...ballotsOf(view).map(({ voter }) => voter)];
  const unnumbered = people.map(({ phoneNumber, lid }) => (phoneNumber === null ? lid : null));
  const recipients = withRecipients ? (view.recipients ?? []) : [];
  return [view.from, view.to, ...recipients, ...unnumbered, ...mentionsOf(view.content)].filter(isLid);
};

const mentionsOf = (content: MessageView['content']): readonly string[] => mentionsIn(content).mentions ?? [];

/**
 * The messages with what has become known of their people since they were recorded; of the recipients of status posts only `withRecipients`: of a page of
 * posts, they are too many.
 */
export const withPeople = async <View extends MessageView>(
  models: ViewReader,
  views: readonly View[],
  { withRecipients = false } = {},
): Promise<readonly View[]> => {
  const idOf = chatIds();
  const lidsOf = (view: View): readonly string[] => lidsIn(view, withRecipients);
  const ids = new Set(views.flatMap((view) => [view.chatId, ...lidsOf(view).map((lid) => idOf(view, lid))]));
  const known = await knownAddresses(models, [...ids]);
  const leads = new Map([...known].map(([id, { chatId }]) => [id, chatId]));
  return withNames(
    models,
    views.map((view) => {
      const numberOf = (lid: string | null): string | undefined =>
        (isLid(lid) ? known.get(idOf(view, lid))?.phoneNumber : undefined) ?? undefined;
      const number = known.get(view.chatId)?.phoneNumber;
      const { from, to, recipients, sender, content } = view;
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
        ...(recipients && withRecipients && { recipients: recipients.map((each) => numberOf(each) ?? each) }),
        sender: numbered(sender),
        content: withMentions(content, { mentions: mentionsOf(content).map((each) => numberOf(each) ?? each) }),
        ...withVoters(view, numbered),
      };
    }),
  );
};

/** `chatIdOf`, which computes each id once. */
const chatIds = (): ((of: Pick<MessageView, 'sessionId' | 'account'>, lid: string) => string) => {
  const ids = new Map<string, string>();
  return ({ sessionId, account }, lid) => {
    const key = `${sessionId} ${account} ${lid}`;
    const id = ids.get(key) ?? chatIdOf(sessionId, account, lid);
    ids.set(key, id);
    return id;
  };
};

/** The messages with what those who wrote them are called. */
const withNames = async <View extends MessageView>(
  models: ViewReader,
  views: readonly View[],
): Promise<readonly View[]> => {
  const received = views.filter(({ via }) => via === 'whatsapp');
  const people = received.map(({ sessionId, account, sender }) => ({ sessionId, account, ...sender }));
  const names = new Map((await namesOf(models, people)).map((name, index) => [received[index], name]));
  return views.map((view) => ({ ...view, sender: { ...view.sender, name: names.get(view) ?? null } }));
};

/** All jids that the person, group or status with this number or address has, or had, in the messages of one user, or of all. */
export const jidsOf = async (models: ViewReader, text: string, userId?: string): Promise<readonly string[]> =>
  (await namesOfAddress(models, text, userId)).jids;

/** What names the chat with this id, number or address: see `ListChatNames`. */
export const chatNamesOf = async (models: ViewReader, text: string, userId?: string): Promise<ChatNames> => {
  const id = parseId(text);
  return id === undefined ? namesOfAddress(models, text, userId) : { jids: [], ids: await oneChatWith(models, id) };
};

type ChatNames = Omit<AnswerOf<ListChatNames>, 'shownUpTo'>;

/** The ids of the chats that are one with a chat: those that lead to where it leads. */
const oneChatWith = async (models: ViewReader, chatId: string): Promise<readonly string[]> => {
  const known = await knownAddresses(models, [chatId]);
  const ids = new Set([chatId, ...[...known.values()].map((address) => address.chatId)]);
  for (let next = [...ids]; next.length > 0;) {
    const where = { chatId: { in: next } };
    const { data } = await models.find(addresses, { where, limit: maxAddressesOfPerson });
    next = data.map(({ id }) => id).filter((id) => !ids.has(id));
    for (const id of next) ids.add(id);
  }
  return [...ids];
};

const namesOfAddress = async (models: ViewReader, text: string, userId?: string): Promise<ChatNames> => {
  const asked = parseNamedRecipient(text);
  if (!asked || !isOfPerson(asked.jid)) return { jids: [asked?.jid ?? text], ids: [] };
  const whose = userId === undefined ? {} : { userId };
  const limit = maxAddressesOfPerson;
  const { data: owners } = await models.find(addresses, { where: { ...whose, address: asked.jid }, limit });
  const numbers = new Set(owners.flatMap(({ phoneNumber }) => phoneNumber ?? []));
  if (asked.kind === 'person') numbers.add(asked.phoneNumber);
  const where = { ...whose, phoneNumber: { in: [...numbers] } };
  const { data: others } = await models.find(addresses, { where, limit });
  return {
    jids: [...new Set([asked.jid, ...[...numbers].map(jidOf), ...others.map(({ address }) => address)])],
    ids: [...new Set([...owners, ...others].flatMap(({ id, chatId }) => [id, chatId]))],
  };
};
