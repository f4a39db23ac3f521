import { api } from './api.js';
import { summary } from './bubble.js';
import { $, field, h, showList } from './dom.js';
import { fileContent } from './files.js';
import { attempt } from './notices.js';
import { changed, onChange, state } from './store.js';

const maxSuggestedNumbers = 100;

/** The form for new messages. */
export function startComposer() {
  const form = $('composer', HTMLFormElement);
  const text = $('text', HTMLTextAreaElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const written = text.value.trim();
    if (written === '') return;
    void sendText(written);
  });
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener('paste', (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    void sendFile(file);
  });
  const file = $('file', HTMLInputElement);
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) void sendFile(chosen);
    file.value = '';
  });
  $('no-reply').addEventListener('click', () => {
    state.replyTo = undefined;
    changed();
  });
  onChange(show);

  /** @param {string} written */
  async function sendText(written) {
    if (await send({ type: 'text', text: { body: written } })) text.value = '';
  }

  /** @param {File} chosen */
  async function sendFile(chosen) {
    const isSent = await send(await fileContent(chosen, text.value.trim()));
    if (isSent) text.value = '';
  }

  /** @param {object} content */
  function send(content) {
    return attempt(async () => {
      const to = state.isNewChat || state.chat === undefined ? field(form, 'to').value.trim() : state.chat;
      if (to === '') throw new Error('Enter a recipient in the field "To".');
      const replyTo = state.replyTo && { replyTo: state.replyTo.id };
      const sent = await api.send(state.selected ?? '', { to, ...content, ...replyTo });
      Object.assign(state, { chat: sent.chat, isNewChat: false, replyTo: undefined });
      changed();
    });
  }
}

function show() {
  $('to-field').hidden = !state.isNewChat && state.chat !== undefined;
  $('reply').hidden = state.replyTo === undefined;
  $('reply-text').textContent = state.replyTo ? `Reply to: ${summary(state.replyTo)}` : '';
  const others = [...state.phones.values()]
    .filter(({ number }) => number !== state.selected)
    .slice(0, maxSuggestedNumbers);
  showList($('numbers'), others, {
    key: ({ number }) => number,
    look: ({ name }) => name,
    render: ({ number, name }) => h('option', { value: `+${number}` }, name),
  });
}
