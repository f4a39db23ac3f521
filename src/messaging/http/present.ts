import type { z } from 'zod';
import { talliesOf } from '../ballots.rules.js';
import { shownContentOf, type ShownContent } from '../content/kinds.js';
import { receivedFileIdOf } from '../message-media.rules.js';
import type { ListMessages, MessageView } from '../message-view.contract.js';
import type { AdminMessageFilter, Message } from './messages.schemas.js';

/** A message as its user sees it. */
export const present = (view: MessageView): Message => ({
  id: view.id,
  sessionId: view.sessionId,
  direction: view.direction,
  status: view.status,
  type: view.type,
  chat: view.chat,
  chatId: view.chatId,
  from: view.from,
  to: view.to,
  ...(view.recipients && { recipients: [...view.recipients] }),
  ...(view.leftOut && { leftOut: [...view.leftOut] }),
  sender: shownSender(view),
  pushName: view.pushName ?? null,
  ...(view.expiredAt === undefined ? { ...shownContent(view), ...selectionOf(view.content) } : { expired: true }),
  ...(view.referral && { referral: view.referral }),
  ...(view.forwarded === true && { forwarded: true }),
  ...(view.history === true && { history: true }),
  replyTo: view.replyTo ?? null,
  reference: view.reference ?? null,
  ...(view.error && { error: view.error }),
  createdAt: view.createdAt,
  scheduledAt: view.scheduledAt ?? null,
  sentAt: view.sentAt ?? null,
  deliveredAt: view.deliveredAt ?? null,
  readAt: view.readAt ?? null,
  playedAt: view.playedAt ?? null,
  failedAt: view.failedAt ?? null,
  canceledAt: view.canceledAt ?? null,
  editedAt: view.editedAt ?? null,
  revokedAt: view.revokedAt ?? null,
});

const shownSender = ({ sender: { phoneNumber, lid, name }, pushName }: MessageView): Message['sender'] => ({
  phoneNumber,
  lid,
  name: name ?? pushName ?? null,
});

const selectionOf = (content: MessageView['content']): Pick<Message, 'selection'> =>
  'selection' in content && content.selection ? { selection: content.selection } : {};

/** With what has become of it: votes on a poll, the preview of a link. For a received file, its measured properties win over what the sender stated. */
const shownContent = (view: MessageView): ShownContent => {
  const { id, via, content, type, fileState, file, fileTrouble, linkPreview } = view;
  const shown = shownContentOf(content);
  if (shown.poll) return { poll: { ...shown.poll, votes: talliesOf(shown.poll.options, view) } };
  if (linkPreview && shown.text) return { text: { ...shown.text, preview: linkPreview } };
  if (fileState === undefined) return shown;
  const mediaId = via !== 'api' ? { mediaId: receivedFileIdOf(id) } : {};
  const known = { ...mediaId, ...file, ...(fileTrouble && { reason: fileTrouble.reason }) };
  return { ...shown, [type]: { ...shown[type as keyof ShownContent], state: fileState, ...known } };
};

type Filter = z.output<typeof AdminMessageFilter>;

/** A filter as the query takes it: nothing that is undefined, times in UTC. */
export const queryOf = ({ from, to, ...filter }: Filter): ListMessages['data'] => {
  const conditions = {
    ...filter,
    from: from && new Date(from).toISOString(),
    to: to && new Date(to).toISOString(),
  };
  const given = Object.entries(conditions).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as ListMessages['data'];
};
