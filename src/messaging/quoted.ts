import type { ViewReader } from '#lib/read-models';
import type { MessageView } from './message-view.contract.js';
import { messages } from './messages.projection.js';
import { withPeople } from './people/shown.js';

const maxFound = 1000;

const keyOf = (chatId: string, whatsappId: string): string => `${chatId} ${whatsappId}`;

/** WhatsApp's id of the message that this one answers, where ours is not known. */
const quotedBy = ({ replyTo, replyToWhatsappId }: MessageView): string | undefined =>
  replyTo === undefined ? replyToWhatsappId : undefined;

/**
 * The messages with the ids of those that they answer. `views` have been completed by `withPeople`. WhatsApp names an answered message by its
 * own id, which counts within the chat; one from before the session was linked is not found.
 */
export const withQuoted = async <View extends MessageView>(
  models: ViewReader,
  views: readonly View[],
): Promise<readonly View[]> => {
  const answers = views.filter((view) => quotedBy(view) !== undefined);
  const found = new Map<string, string>();
  for (const sessionId of new Set(answers.map((view) => view.sessionId))) {
    const whatsappIds = answers.flatMap((view) => (view.sessionId === sessionId ? (quotedBy(view) ?? []) : []));
    const where = { sessionId, whatsappId: { in: [...new Set(whatsappIds)] } };
    const { data } = await models.find(messages, { where, limit: maxFound });
    for (const { id, chatId, whatsappId } of await withPeople(models, data)) found.set(keyOf(chatId, whatsappId), id);
  }
  return views.map((view) => {
    const replyTo = found.get(keyOf(view.chatId, quotedBy(view) ?? ''));
    return replyTo === undefined ? view : { ...view, replyTo };
  });
};
