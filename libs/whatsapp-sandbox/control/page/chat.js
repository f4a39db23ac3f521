/** @import { PhoneMessage } from '../../phone/inbox.js' */
import { bubble, changesOf } from './bubble.js';
import { $, h, showList } from './dom.js';
import { attempt } from './notices.js';
import { initials } from './phones.js';
import { changed, changePhone, mark, messagesOf, nameOf, onChange, selectedPhone, state } from './store.js';

const maxShownMessages = 300;

/** The chats of the selected phone. */
export function startChat() {
  const online = $('online', HTMLInputElement);
  online.addEventListener('change', () => {
    const phone = selectedPhone();
    if (phone) void attempt(() => changePhone(phone.number, { online: online.checked }));
  });
  $('new-chat').addEventListener('click', () => {
    state.isNewChat = true;
    state.replyTo = undefined;
    changed();
    $('to').focus();
  });
  $('mark-all-read').addEventListener('click', () => void attempt(markAllRead));
  onChange(show);
}

async function markAllRead() {
  const number = state.selected;
  if (number === undefined) return;
  for (const { id, direction, chat } of messagesOf(number)) {
    if (direction !== 'incoming' || chat !== state.chat || state.marked.has(`${number}/${id}/read`)) continue;
    await mark(number, id, 'read');
  }
}

function show() {
  const phone = selectedPhone();
  $('no-phone').hidden = phone !== undefined;
  $('screen').hidden = phone === undefined;
  if (!phone) return;
  const { number, name, online, exists } = phone;
  $('avatar').textContent = initials(name);
  $('phone-name').textContent = name;
  $('phone-number').textContent = `+${number}${exists ? '' : ' (not on WhatsApp)'}`;
  $('online', HTMLInputElement).checked = online;

  const messages = messagesOf(number);
  const groups = state.groups.filter(({ participants }) => participants.some((member) => member.number === number));
  const chats = [...new Set([...messages.map(({ chat }) => chat).reverse(), ...groups.map(({ jid }) => jid)])];
  if (!state.isNewChat) state.chat ??= chats[0];
  const chat = state.isNewChat ? undefined : state.chat;
  $('new-chat').setAttribute('aria-pressed', String(chat === undefined));
  $('mark-all-read').hidden = chat === undefined;
  showList($('chats'), chats, {
    key: (each) => each,
    look: (each) => [nameOf(each), each === chat],
    render: (each) => {
      const choose = () => {
        Object.assign(state, { chat: each, isNewChat: false, replyTo: undefined });
        changed();
      };
      return h('button', { type: 'button', 'aria-pressed': String(each === chat), onclick: choose }, nameOf(each));
    },
  });
  showMessages(
    number,
    messages.filter((message) => message.chat === chat),
  );
}

/**
 * @param {string} number
 * @param {readonly PhoneMessage[]} messages
 */
function showMessages(number, messages) {
  const list = $('messages');
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const changes = changesOf(messages);
  const shown = messages
    .filter(({ type }) => !['reaction', 'edit', 'revoke', 'vote'].includes(type))
    .slice(-maxShownMessages);
  const marks = (/** @type {PhoneMessage} */ { id }) =>
    ['read', 'played'].map((step) => state.marked.has(`${number}/${id}/${step}`));
  showList(list, shown, {
    key: ({ sequence }) => `${number}/${sequence}`,
    look: (message) => [message, changes.get(message.id), marks(message)],
    render: (message) => bubble(number, message, changes.get(message.id)),
  });
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
}
