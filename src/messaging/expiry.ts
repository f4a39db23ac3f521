import type { ViewReader } from '#lib/read-models';
import { expired, mayHaveExpired } from './expiry.rules.js';
import type { MessageView } from './message-view.contract.js';
import { messages } from './messages.projection.js';

/** A message that may have been made from its stream, which keeps its content: without that, where the view says that it is gone. */
export const withoutExpiredContent = async <View extends MessageView>(
  view: View,
  models: Pick<ViewReader, 'get'>,
): Promise<View> => {
  if (view.expiredAt !== undefined || !mayHaveExpired(view, Date.now())) return view;
  const shown = await models.get(messages, view.id);
  return shown?.expiredAt === undefined ? view : expired(view, shown.expiredAt);
};
