/** @import { PhoneMessage } from '../../phone/inbox.js' */
import { api } from './api.js';
import { h } from './dom.js';
import { attempt } from './notices.js';
import { changed, mark, messagesOf, nameOf, state } from './store.js';

/** @typedef {{ text?: string | undefined, isRevoked?: boolean, reactions: { [author: string]: string } }} Changes */

/**
 * Edits, revocations and reactions by the id of the message that they change.
 * @param {readonly PhoneMessage[]} messages
 */
export function changesOf(messages) {
  /** @type {Map<string, Changes>} */
  const changes = new Map();
  for (const { type, target, reaction, text, from } of messages) {
    const id = target ?? reaction?.messageId;
    if (id === undefined) continue;
    const change = changes.get(id) ?? { reactions: {} };
    if (type === 'edit') change.text = text;
    if (type === 'revoke') change.isRevoked = true;
    if (reaction) change.reactions[from] = reaction.emoji;
    changes.set(id, change);
  }
  return changes;
}

const ticks = { sent: '✓', delivered: '✓✓', read: '✓✓', played: '✓✓' };
const timeOf = (/** @type {string} */ iso) =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/**
 * Renders a message of a chat.
 * @param {string} number of the phone
 * @param {PhoneMessage} message
 * @param {Changes | undefined} changes
 */
export function bubble(number, message, changes) {
  const { id, direction, from, fromDevice, chat, status, duplicate, sentAt, replyTo } = message;
  const isOwn = direction === 'outgoing';
  const text = changes?.text ?? message.text;
  const quoted = replyTo === undefined ? undefined : messagesOf(number).find((each) => each.id === replyTo);
  const reactions = Object.values(changes?.reactions ?? {}).join(' ');
  return h(
    'li',
    { class: `bubble ${isOwn ? 'own' : 'other'}`, 'data-id': id, tabindex: '-1' },
    chat.includes('@') && !isOwn && h('p', { class: 'author' }, nameOf(from)),
    replyTo !== undefined && h('blockquote', {}, quoted ? summary(quoted) : 'a message that is not on this phone'),
    ...(changes?.isRevoked ? [h('p', { class: 'gone' }, 'This message was deleted.')] : body(number, message)),
    text !== undefined && !changes?.isRevoked && h('p', { class: 'text' }, text),
    h(
      'p',
      { class: 'meta' },
      duplicate === true && h('span', { class: 'badge' }, 'duplicate'),
      changes?.text !== undefined && h('span', {}, 'edited'),
      isOwn && fromDevice > 0 && h('span', {}, `from linked device ${fromDevice}`),
      h('time', { datetime: sentAt, title: id }, timeOf(sentAt)),
      status &&
        h('span', { class: `ticks ${status}`, role: 'img', 'aria-label': status, title: status }, ticks[status]),
    ),
    reactions !== '' && h('p', { class: 'reactions' }, reactions),
    actions(number, message),
  );
}

/** A short text for a message. @param {PhoneMessage} message */
export const summary = ({ type, text }) => (text ?? type).slice(0, 120);

/**
 * @param {string} number
 * @param {PhoneMessage} message
 * @returns {(HTMLElement | false)[]}
 */
function body(number, { id, type, media, location: place, contact, poll, text }) {
  const src = api.mediaUrl(number, id);
  switch (type) {
    case 'image':
    case 'sticker':
      return [h('img', { class: type, src, alt: text ?? type, loading: 'lazy' })];
    case 'video':
      return [h('video', { src, controls: true, preload: 'metadata' })];
    case 'audio':
      return [
        h('audio', { src, controls: true, preload: 'none', 'aria-label': media?.voice ? 'Voice message' : 'Audio' }),
      ];
    case 'document':
      return [
        h('a', { class: 'file', href: src, download: media?.fileName ?? 'file' }, `📄 ${media?.fileName ?? 'file'}`),
      ];
    case 'location':
      return [
        h(
          'p',
          {},
          `📍 ${place?.latitude}, ${place?.longitude} ${[place?.name, place?.address].filter(Boolean).join(', ')}`,
        ),
      ];
    case 'contact':
      return [h('p', {}, `👤 ${contact?.name ?? ''} ${contact?.phone ?? ''}`)];
    case 'poll':
      return [
        h('p', { class: 'text' }, `📊 ${poll?.question ?? ''}`),
        h(
          'ul',
          { class: 'options' },
          ...(poll?.options ?? []).map((option, index) => h('li', {}, option, ...votesFor(poll, index))),
        ),
      ];
    case 'unknown':
      return [h('p', { class: 'gone' }, 'This kind of message is not supported.')];
    default:
      return [];
  }
}

/** @param {PhoneMessage['poll']} poll @param {number} index of the option */
function votesFor(poll, index) {
  const { count = 0, voters = [] } = poll?.votes?.[index] ?? {};
  return count === 0 ? [] : [h('span', { class: 'badge', title: voters.map(nameOf).join(', ') }, String(count))];
}

/**
 * @param {string} number
 * @param {PhoneMessage} message
 */
function actions(number, message) {
  const { id, chat, type, direction, fromDevice } = message;
  const button = (/** @type {string} */ label, /** @type {() => Promise<unknown>} */ work) =>
    h('button', { type: 'button', onclick: () => void attempt(work) }, label);
  const markButton = (/** @type {'read' | 'played'} */ step) =>
    state.marked.has(`${number}/${id}/${step}`)
      ? h('span', {}, `${step} ✓`)
      : button(`Mark ${step}`, () => mark(number, id, step));
  const isIncoming = direction === 'incoming';
  return h(
    'div',
    { class: 'actions' },
    isIncoming && markButton('read'),
    isIncoming && ['audio', 'video'].includes(type) && markButton('played'),
    button('Reply', async () => {
      state.replyTo = message;
      changed();
    }),
    button('👍', () => api.send(number, { to: chat, type: 'reaction', reaction: { messageId: id, emoji: '👍' } })),
    !isIncoming &&
      fromDevice === 0 &&
      button('Delete', () => api.send(number, { to: chat, type: 'revoke', revoke: { messageId: id } })),
  );
}
