/** @import { PhoneView } from '../schemas/phone.js' */
import { api } from './api.js';
import { $, field, h, showList } from './dom.js';
import { attempt } from './notices.js';
import { changed, loadMessages, messagesOf, onChange, state } from './store.js';

const minPhonesForSearch = 8;
const maxShownPhones = 200;

/** @param {string} name */
export const initials = (name) =>
  name
    .replace(/^\+\d*(\d\d)$/, '$1')
    .split(/\s+/)
    .map(([first = '']) => first)
    .slice(0, 2)
    .join('')
    .toUpperCase() || '?';

/**
 * Selects a phone and stores it in the URL.
 * @param {string} number
 */
export function select(number) {
  state.selected = number;
  state.chat = undefined;
  state.isNewChat = false;
  state.replyTo = undefined;
  state.unseen.delete(number);
  location.hash = number;
  document.body.dataset['view'] = 'chat';
  changed();
}

/** The list of phones and the form for a new one. */
export function startPhones() {
  const form = $('new-phone', HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const [number, name] = [field(form, 'number').value.trim(), field(form, 'name').value.trim()];
    void attempt(async () => {
      const phone = await api.createPhone({ ...(number && { number }), ...(name && { name }) });
      state.phones.set(phone.number, phone);
      form.reset();
      select(phone.number);
      await loadMessages(phone.number);
    });
  });
  $('search').addEventListener('input', show);
  onChange(show);
}

function show() {
  const search = $('search', HTMLInputElement);
  search.hidden = state.phones.size <= minPhonesForSearch;
  const wanted = search.value.trim().toLowerCase();
  const phones = [...state.phones.values()]
    .filter(({ name, number }) => `${name} ${number}`.toLowerCase().includes(wanted))
    .map((phone) => ({ phone, last: messagesOf(phone.number).at(-1) }))
    .sort((a, b) => rank(b) - rank(a) || (b.last?.receivedAt ?? '').localeCompare(a.last?.receivedAt ?? ''))
    .slice(0, maxShownPhones);
  $('no-phones').hidden = state.phones.size > 0;
  showList($('phone-list'), phones, {
    key: ({ phone }) => phone.number,
    look: ({ phone, last }) => [phone, last?.sequence, state.selected === phone.number, state.unseen.get(phone.number)],
    render: ({ phone, last }) => item(phone, last),
  });
}

/** Phones with linked clients come first. */
const rank = (/** @type {{ phone: PhoneView }} */ { phone }) => Math.min(phone.devices.length, 1);

/**
 * @param {PhoneView} phone
 * @param {ReturnType<typeof messagesOf>[number] | undefined} last
 */
function item(phone, last) {
  const { number, name, online, exists, devices } = phone;
  const unseen = state.unseen.get(number);
  const connected = devices.filter((device) => device.connected).length;
  const linked = devices.length > 0 && `${connected} of ${devices.length} linked devices connected`;
  const notes = [!exists && 'not on WhatsApp', !online && 'offline', linked].filter(Boolean).join(', ');
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', 'aria-current': state.selected === number, onclick: () => select(number) },
      h('span', { class: `avatar ${online ? 'on' : 'off'}`, 'aria-hidden': 'true' }, initials(name)),
      h('span', { class: 'name' }, name),
      h('span', { class: 'number' }, [name !== `+${number}` && `+${number}`, notes].filter(Boolean).join(', ')),
      h('span', { class: 'last' }, last ? (last.text ?? last.type) : 'no messages'),
      unseen !== undefined && h('span', { class: 'unseen', 'aria-label': `${unseen} new messages` }, String(unseen)),
    ),
  );
}
