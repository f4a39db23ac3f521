import type { OutgoingMessage } from '#lib/whatsapp';
import type { OutgoingContent } from '../content.contract.js';
import { isSentMedia } from '../content/media.content.js';
import type { MessageEvent, MessageEventData } from '../message.contract.js';
import { sendableOf } from '../outbox/sendable.rules.js';
import { changeToSend } from '../requested-changes.rules.js';

/**
 * A message that was sent, as it may be sent again to a receiver who could not decrypt it. Undefined where it may not: it was revoked, or
 * edited into something that cannot be sent from here.
 */
export const repeatable = (events: readonly MessageEvent[]): Omit<OutgoingMessage, 'whatsappId'> | undefined => {
  const queued = events.find((event) => event.type === 'MessageQueued');
  if (!queued || events.some(({ type }) => type === 'MessageRevoked')) return undefined;
  const edit = events.findLast((event) => event.type === 'MessageEdited');
  const uploaded = events.findLast((event) => event.type === 'MediaUploaded');
  const previewed = events.find((event) => event.type === 'LinkPreviewFetched');
  const made = { upload: uploaded?.data.upload ?? null, preview: { found: previewed?.data.preview ?? null } };
  const said = edit ? contentAfter(edit.data) : queued.data.content;
  const content = said && sendableOf(said, made);
  const { chat, recipients, replyTo, forwarded } = queued.data;
  const answered = { ...(recipients && { recipients }), ...(replyTo && { replyTo }) };
  return content && { to: chat, content, forwarded, ...answered };
};

type Text = Extract<OutgoingContent, { readonly type: 'text' }>;

const textAfter = ({ content, mentions, mentionAll }: MessageEventData<'MessageEdited'>): Text | undefined =>
  content.type === 'text'
    ? { type: 'text', body: content.body, mentions, ...(mentionAll && { mentionAll }) }
    : undefined;

const contentAfter = (edit: MessageEventData<'MessageEdited'>): OutgoingContent | undefined => {
  const { content, mentions } = edit;
  return isSentMedia(content) ? { ...content, mentions } : textAfter(edit);
};

/**
 * The same of a change that was requested here. An edit is repeated with what the message says now; once the message was revoked, only the
 * revocation is repeated.
 */
export const repeatableChange = (
  events: readonly MessageEvent[],
  changeId: string,
): Omit<OutgoingMessage, 'whatsappId'> | undefined => {
  const requested = events.find(
    (event) =>
      (event.type === 'MessageEditRequested' || event.type === 'MessageRevocationRequested') &&
      event.data.changeId === changeId,
  );
  if (requested?.type === 'MessageRevocationRequested')
    return changeToSend({ kind: 'revocation', ...requested.data }, requested.data);
  if (requested?.type !== 'MessageEditRequested' || events.some(({ type }) => type === 'MessageRevoked'))
    return undefined;
  const last = events.findLast((event) => event.type === 'MessageEdited');
  const content = last ? textAfter(last.data) : requested.data.content;
  return content && changeToSend({ kind: 'edit', ...requested.data, content }, requested.data);
};
