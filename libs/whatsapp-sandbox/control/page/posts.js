/** @import { Channel, Post } from '../../network/channels.js' */
import { api } from './api.js';
import { $, field, h, showList } from './dom.js';
import { fileContent } from './files.js';
import { attempt } from './notices.js';
import { changed, nameOf, onChange, selectedPhone, state, statusChat } from './store.js';

const maxShownPosts = 20;

/** What the selected phone posts as its status and in channels, and which channels it follows. */
export function startPosts() {
  startStatus();
  startChannels();
  onChange(show);
}

function startStatus() {
  const form = $('new-status', HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      const recipients = listed(field(form, 'recipients').value);
      const others = [...state.phones.keys()].filter((number) => number !== state.selected);
      const content = await contentOf(form, (text) => ({ type: 'text', text: { body: text } }));
      await api.send(state.selected ?? '', {
        to: 'status',
        recipients: recipients.length > 0 ? recipients : others,
        ...content,
      });
      form.reset();
      Object.assign(state, { chat: statusChat, isNewChat: false });
      changed();
    });
  });
}

function startChannels() {
  const newChannel = $('new-channel', HTMLFormElement);
  newChannel.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      await api.createChannel(state.selected ?? '', field(newChannel, 'name').value.trim());
      newChannel.reset();
    });
  });
  const newPost = $('new-post', HTMLFormElement);
  newPost.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      await api.post(field(newPost, 'channel').value, await contentOf(newPost, (text) => ({ type: 'text', text })));
      field(newPost, 'text').value = '';
      field(newPost, 'file').value = '';
    });
  });
}

/**
 * What a form posts: its file with the text as caption, or the text.
 * @param {HTMLFormElement} form
 * @param {(text: string) => object} textContent
 */
async function contentOf(form, textContent) {
  const text = field(form, 'text').value.trim();
  const [file] = field(form, 'file').files ?? [];
  if (file) return fileContent(file, text);
  if (text === '') throw new Error('Write something, or choose a file.');
  return textContent(text);
}

const listed = (/** @type {string} */ text) =>
  text
    .split(/[,;\n]/)
    .map((each) => each.trim())
    .filter(Boolean);

function show() {
  const phone = selectedPhone();
  if (!phone) return;
  const { number } = phone;
  const owned = state.channels.filter(({ owner }) => owner === number);
  $('new-post').hidden = owned.length === 0;
  showList($('own-channels'), owned, {
    key: ({ jid }) => jid,
    look: ({ name }) => name,
    render: ({ jid, name }) => h('option', { value: jid }, name),
  });
  showList($('channels'), state.channels, {
    key: ({ jid }) => `${number}/${jid}`,
    look: (channel) => channel,
    render: (channel) => channelItem(channel, number),
  });
}

/** @param {Channel} channel @param {string} number */
function channelItem({ jid, name, owner, followers, posts }, number) {
  const isOwner = owner === number;
  const isFollower = followers.includes(number);
  const follow = () => attempt(() => api.follow(jid, number, !isFollower));
  return h(
    'li',
    { class: 'channel' },
    h('span', { title: jid }, '📢'),
    h('span', {}, `${name}: ${isOwner ? 'own' : `by ${nameOf(owner)}`}, followers: ${followers.length}`),
    !isOwner && h('button', { type: 'button', onclick: follow }, isFollower ? 'Unfollow' : 'Follow'),
    h('ol', { class: 'posts' }, ...posts.slice(-maxShownPosts).map((post) => postItem(jid, post, isOwner))),
  );
}

/** @param {string} jid @param {Post} post @param {boolean} isOwner */
function postItem(jid, { id, type, text, media, editedAt, deletedAt }, isOwner) {
  if (deletedAt !== undefined) return h('li', {}, h('em', {}, 'deleted'));
  const edit = () => {
    const changedText = prompt('What the post says', text)?.trim();
    if (changedText) void attempt(() => api.editPost(jid, id, changedText));
  };
  return h(
    'li',
    {},
    media && h('a', { href: api.postMediaUrl(jid, id), target: '_blank', rel: 'noopener' }, type),
    h('span', {}, `${text ?? (media ? '' : type)}${editedAt === undefined ? '' : ' (edited)'}`),
    isOwner && type === 'text' && h('button', { type: 'button', onclick: edit }, 'Edit'),
    isOwner && h('button', { type: 'button', onclick: () => attempt(() => api.deletePost(jid, id)) }, 'Delete'),
  );
}
