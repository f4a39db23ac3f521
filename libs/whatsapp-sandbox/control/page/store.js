/** @import { PhoneView } from '../schemas/phone.js' */
/** @import { GroupView } from '../../network/group.js' */
/** @import { Channel } from '../../network/channels.js' */
/** @import { FaultView } from '../schemas/fault.js' */
/** @import { PhoneMessage } from '../../phone/inbox.js' */
import { api } from './api.js';

/** State of the page. */
export const state = {
  /** @type {Map<string, PhoneView>} */
  phones: new Map(),
  /** By number of the phone, in order of arrival.
   * @type {Map<string, Map<number, PhoneMessage>>} */
  messages: new Map(),
  /** Number of unseen messages per phone.
   * @type {Map<string, number>} */
  unseen: new Map(),
  /** @type {readonly FaultView[]} */
  faults: [],
  /** @type {readonly GroupView[]} */
  groups: [],
  /** @type {readonly Channel[]} */
  channels: [],
  /** Number of the selected phone.
   * @type {string | undefined} */
  selected: undefined,
  /** The selected chat; undefined while a new one is started.
   * @type {string | undefined} */
  chat: undefined,
  isNewChat: false,
  /** The message to reply to.
   * @type {PhoneMessage | undefined} */
  replyTo: undefined,
  /** Messages marked as read or played on this page, as `phone/id/step`.
   * @type {Set<string>} */
  marked: new Set(),
  isLive: false,
};

/** @type {Set<() => void>} */
const views = new Set();
let isWaiting = false;

/**
 * Registers a view that is rendered after changes, once for all changes of a turn.
 * @param {() => void} view
 */
export function onChange(view) {
  views.add(view);
}

export function changed() {
  if (isWaiting) return;
  isWaiting = true;
  queueMicrotask(() => {
    isWaiting = false;
    for (const view of views) view();
  });
}

export const selectedPhone = () => (state.selected === undefined ? undefined : state.phones.get(state.selected));
export const messagesOf = (/** @type {string} */ number) => [...(state.messages.get(number)?.values() ?? [])];

/** The name of a number, of a group or of the status, if known. */
export const nameOf = (/** @type {string} */ chat) =>
  state.phones.get(chat)?.name ?? groupOf(chat)?.subject ?? (chat === statusChat ? 'Status' : addressOf(chat));

/** The chat of all status posts. */
export const statusChat = 'status@broadcast';
const addressOf = (/** @type {string} */ chat) => (chat.includes('@') ? chat : `+${chat}`);

export const groupOf = (/** @type {string} */ chat) => state.groups.find(({ jid }) => jid === chat);

/**
 * @param {string} number
 * @param {PhoneMessage} message
 */
function keep(number, message) {
  const kept = state.messages.get(number) ?? new Map();
  const isNew = !kept.has(message.sequence);
  kept.set(message.sequence, message);
  state.messages.set(number, kept);
  return isNew;
}

/**
 * Changes the settings of a phone. Renders the page even if that fails, so that switches show the actual settings.
 * @param {string} number
 * @param {Partial<PhoneView>} change
 */
export async function changePhone(number, change) {
  try {
    state.phones.set(number, await api.change(number, change));
  } finally {
    changed();
  }
}

/** Loads all messages of a phone. @param {string} number */
export async function loadMessages(number) {
  for (const message of await api.messages(number)) keep(number, message);
  changed();
}

/**
 * Sends a read or played receipt.
 * @param {string} number
 * @param {string} id
 * @param {'read' | 'played'} step
 */
export async function mark(number, id, step) {
  await api.mark(number, id, step);
  state.marked.add(`${number}/${id}/${step}`);
  changed();
}

async function loadAll() {
  const [phones, faults, groups, channels] = await Promise.all([
    api.phones(),
    api.faults(),
    api.groups(),
    api.channels(),
  ]);
  for (const phone of phones) state.phones.set(phone.number, phone);
  Object.assign(state, { faults, groups, channels });
  await Promise.all(phones.map(({ number }) => loadMessages(number)));
  changed();
}

/**
 * Follows changes of the sandbox. After each reconnect everything is loaded again.
 * @param {(error: unknown) => void} onError
 */
export function follow(onError) {
  const events = new EventSource('events');
  const read = (/** @type {Event} */ event) => JSON.parse(/** @type {MessageEvent<string>} */ (event).data);
  events.addEventListener('open', () => {
    state.isLive = true;
    loadAll().catch(onError);
  });
  events.addEventListener('error', () => {
    state.isLive = false;
    changed();
  });
  events.addEventListener('phone', (event) => {
    const phone = read(event);
    state.phones.set(phone.number, phone);
    changed();
  });
  events.addEventListener('message', (event) => {
    const { phone, message } = read(event);
    const isNew = keep(phone, message);
    if (isNew && phone !== state.selected) state.unseen.set(phone, (state.unseen.get(phone) ?? 0) + 1);
    changed();
  });
  for (const whole of ['faults', 'groups', 'channels']) {
    events.addEventListener(whole, (event) => {
      Object.assign(state, { [whole]: read(event) });
      changed();
    });
  }
}
