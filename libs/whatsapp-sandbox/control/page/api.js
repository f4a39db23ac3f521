/** @import { PhoneView } from '../schemas/phone.js' */
/** @import { Channel } from '../../network/channels.js' */
/** @import { GroupView } from '../../network/group.js' */
/** @import { FaultView } from '../schemas/fault.js' */
/** @import { PhoneMessage } from '../../phone/inbox.js' */

/**
 * Calls the control API. Throws an Error that explains a refusal.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function call(method, path, body) {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...init });
  const answer = response.status === 204 ? undefined : await response.json();
  if (response.ok) return answer;
  const errors = /** @type {{ path: string, message: string }[]} */ (answer.errors ?? []);
  throw new Error([answer.detail, ...errors.map(({ path, message }) => `${path}: ${message}`)].join('\n'));
}

const phonePath = (/** @type {string} */ number) => `phones/${encodeURIComponent(number)}`;
const messagePath = (/** @type {string} */ number, /** @type {string} */ id) =>
  `${phonePath(number)}/messages/${encodeURIComponent(id)}`;

const channelPath = (/** @type {string} */ jid) => `channels/${encodeURIComponent(jid)}`;
const postPath = (/** @type {string} */ jid, /** @type {string} */ id) =>
  `${channelPath(jid)}/posts/${encodeURIComponent(id)}`;

export const api = {
  /** @returns {Promise<{ url: string }>} */
  health: () => call('GET', 'health'),
  /** @returns {Promise<PhoneView[]>} */
  phones: () => call('GET', 'phones'),
  /** @returns {Promise<PhoneView>} */
  createPhone: (/** @type {object} */ phone) => call('POST', 'phones', phone),
  /** @returns {Promise<PhoneView>} */
  change: (/** @type {string} */ number, /** @type {Partial<PhoneView>} */ change) =>
    call('PATCH', phonePath(number), change),
  scan: (/** @type {string} */ number, /** @type {string} */ qr) => call('POST', `${phonePath(number)}/scan`, { qr }),
  enterCode: (/** @type {string} */ number, /** @type {string} */ code) =>
    call('POST', `${phonePath(number)}/enter-code`, { code }),
  unlink: (/** @type {string} */ number, /** @type {number} */ device) =>
    call('DELETE', `${phonePath(number)}/devices/${device}`),
  /** @returns {Promise<PhoneMessage[]>} */
  messages: (/** @type {string} */ number) => call('GET', `${phonePath(number)}/messages`),
  /** @returns {Promise<PhoneMessage>} */
  send: (/** @type {string} */ number, /** @type {object} */ message) =>
    call('POST', `${phonePath(number)}/messages`, message),
  mark: (/** @type {string} */ number, /** @type {string} */ id, /** @type {'read' | 'played'} */ step) =>
    call('POST', `${messagePath(number, id)}/${step}`),
  mediaUrl: (/** @type {string} */ number, /** @type {string} */ id) => `${messagePath(number, id)}/media`,
  /** @returns {Promise<GroupView[]>} */
  groups: () => call('GET', 'groups'),
  /** @returns {Promise<GroupView>} */
  createGroup: (/** @type {string} */ number, /** @type {object} */ group) =>
    call('POST', `${phonePath(number)}/groups`, group),
  leaveGroup: (/** @type {string} */ number, /** @type {string} */ jid) =>
    call('DELETE', `${phonePath(number)}/groups/${encodeURIComponent(jid)}`),
  /** @returns {Promise<Channel[]>} */
  channels: () => call('GET', 'channels'),
  createChannel: (/** @type {string} */ number, /** @type {string} */ name) =>
    call('POST', `${phonePath(number)}/channels`, { name }),
  follow: (/** @type {string} */ jid, /** @type {string} */ number, /** @type {boolean} */ isFollower) =>
    call(isFollower ? 'PUT' : 'DELETE', `${channelPath(jid)}/followers/${encodeURIComponent(number)}`),
  post: (/** @type {string} */ jid, /** @type {object} */ content) =>
    call('POST', `${channelPath(jid)}/posts`, content),
  editPost: (/** @type {string} */ jid, /** @type {string} */ id, /** @type {string} */ text) =>
    call('PATCH', postPath(jid, id), { text }),
  deletePost: (/** @type {string} */ jid, /** @type {string} */ id) => call('DELETE', postPath(jid, id)),
  postMediaUrl: (/** @type {string} */ jid, /** @type {string} */ id) => `${postPath(jid, id)}/media`,
  /** @returns {Promise<FaultView[]>} */
  faults: () => call('GET', 'faults'),
  addFault: (/** @type {object} */ rule) => call('POST', 'faults', rule),
  clearFaults: () => call('DELETE', 'faults'),
};
