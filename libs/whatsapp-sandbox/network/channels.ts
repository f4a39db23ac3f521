import { randomInt } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { MessageContent } from '../phone/content/content.js';
import { isVisible, parseMessage } from '../phone/content/parse.js';
import { el, proto, type BinaryNode } from '../transport/wire.js';
import type { DeviceAddress } from './address.js';
import { unixSeconds } from './mail.js';

/** Something that was posted, as everybody who follows the channel sees it. */
export type Post = MessageContent & {
  readonly id: string;
  /** The number of the post in its channel, from 1. */
  readonly serverId: number;
  readonly postedAt: string;
  readonly editedAt?: string;
  /** Nothing of what it said is left. */
  readonly deletedAt?: string;
};

/** A channel: one person posts, and anybody may read. `owner` and `followers` are numbers. */
export type Channel = {
  readonly jid: string;
  readonly name: string;
  readonly owner: string;
  readonly followers: readonly string[];
  readonly posts: readonly Post[];
};

/** As it is stored. Followers are absent in states written before there were any, and so are the numbers of posts. */
export type StoredChannel = Omit<Channel, 'followers' | 'posts'> & {
  readonly followers?: readonly string[];
  readonly posts: readonly (Omit<Post, 'serverId'> & { readonly serverId?: number })[];
};

/** What somebody posts, or changes: `message` is encoded. */
export type Posting = {
  readonly id: string;
  /** Of the stanza: `text`, `media`, … */
  readonly type: string;
  readonly mediaType?: string | undefined;
  /** WhatsApp's mark of what is done with the post that has this id. */
  readonly edit?: string | undefined;
  readonly message: Uint8Array;
  /** The number of the linked client that posts; the phone does without. Others of the owner get it. */
  readonly device?: number;
};

type Passed = Omit<Posting, 'message'> & { readonly message?: Uint8Array };
type Numbered = Pick<Post, 'serverId' | 'postedAt'>;

/** WhatsApp's codes for a post that it does not take. */
type Refusal = 400 | 403 | 404;

/** Passes a stanza to the linked clients of these people, but not to the one that it came from. */
type Deliver = (numbers: readonly string[], stanza: BinaryNode, from: DeviceAddress) => void;

const maxChannels = 1_000;
const maxPosts = 1_000;
const maxFollowers = 1_000;
const editsPost = '3';
const deletesPost = '8';

/** All channels. What is posted there is not encrypted. */
export class Channels {
  readonly #channels = new Map<string, Channel>();

  constructor(
    private readonly changed: () => void,
    private readonly deliver: Deliver,
  ) {}

  get = (jid: string): Channel | undefined => this.#channels.get(jid);
  list = (): readonly Channel[] => [...this.#channels.values()];

  /** Throws if there are too many. */
  create(owner: string, name: string): Channel {
    if (this.#channels.size >= maxChannels) throw new SandboxError('not_allowed', 'too many channels');
    const jid = `1203634${String(randomInt(10 ** 11)).padStart(11, '0')}@newsletter`;
    return this.#set({ jid, name, owner, followers: [], posts: [] });
  }

  /** From now on, the linked clients of this person get what is posted. Throws for an unknown channel, and if there are too many. */
  follow(jid: string, number: string): Channel {
    const channel = this.require(jid);
    if (channel.followers.includes(number)) return channel;
    if (channel.followers.length >= maxFollowers) throw new SandboxError('not_allowed', 'too many followers');
    return this.#set({ ...channel, followers: [...channel.followers, number] });
  }

  /** Throws for an unknown channel. */
  unfollow(jid: string, number: string): Channel {
    const channel = this.require(jid);
    return this.#set({ ...channel, followers: channel.followers.filter((each) => each !== number) });
  }

  /** Throws if there is none. */
  require(jid: string): Channel {
    const channel = this.#channels.get(jid);
    if (!channel) throw new SandboxError('not_found', `unknown channel ${jid}`);
    return channel;
  }

  /** Posts, edits or deletes. Answers why that was refused; undefined where it was not. The same post again changes nothing. */
  post(author: string, jid: string, posting: Posting): Refusal | undefined {
    const channel = this.#channels.get(jid);
    if (!channel) return 404;
    if (channel.owner !== author) return 403;
    const { id, edit } = posting;
    const known = channel.posts.find((post) => post.id === id);
    if (edit === undefined) return known ? undefined : this.#add(channel, posting);
    if (!known || known.deletedAt !== undefined) return 404;
    const { serverId, postedAt } = known;
    const now = new Date().toISOString();
    const kept = { id, serverId, postedAt };
    if (edit === deletesPost) return this.#replace(channel, posting, { ...kept, type: 'unknown', deletedAt: now });
    const content = edit === editsPost ? decode(posting.message) : undefined;
    return content ? this.#replace(channel, posting, { ...content, ...kept, editedAt: now }) : 400;
  }

  /** Passes on what is no post, such as one without a plaintext, and keeps nothing: for clients that must bear it. Throws for an unknown channel. */
  pass(jid: string, posting: Passed): void {
    this.#deliver(this.require(jid), posting, { serverId: 0, postedAt: new Date().toISOString() });
  }

  restore(channels: readonly StoredChannel[]): void {
    for (const { followers = [], posts, ...channel } of channels) {
      const numbered = posts.map((post, index) => ({ serverId: index + 1, ...post }));
      this.#channels.set(channel.jid, { ...channel, followers, posts: numbered });
    }
  }

  #add(channel: Channel, posting: Posting): Refusal | undefined {
    const content = decode(posting.message);
    if (!content) return 400;
    const serverId = (channel.posts.at(-1)?.serverId ?? 0) + 1;
    const post = { ...content, id: posting.id, serverId, postedAt: new Date().toISOString() };
    this.#publish({ ...channel, posts: [...channel.posts, post].slice(-maxPosts) }, posting, post);
    return undefined;
  }

  #replace(channel: Channel, posting: Posting, post: Post): undefined {
    const posts = channel.posts.map((each) => (each.id === post.id ? post : each));
    this.#publish({ ...channel, posts }, posting, post);
  }

  #publish(channel: Channel, posting: Posting, post: Post): void {
    this.#set(channel);
    this.#deliver(channel, posting, post);
  }

  #deliver({ jid, owner, followers }: Channel, posting: Passed, post: Numbered): void {
    const from = { number: owner, device: posting.device ?? 0 };
    this.deliver([...new Set([owner, ...followers])], stanzaOf(jid, posting, post), from);
  }

  #set(channel: Channel): Channel {
    this.#channels.set(channel.jid, channel);
    this.changed();
    return channel;
  }
}

/** As followers get it. A change has the id of the post, and its own time. */
const stanzaOf = (from: string, { id, type, mediaType, edit, message }: Passed, post: Numbered): BinaryNode => {
  const t = String(unixSeconds());
  const changed = {
    msg_edit_t: String(Date.now()),
    original_msg_t: String(Math.floor(Date.parse(post.postedAt) / 1000)),
  };
  return el('message', { from, id, type, t, server_id: String(post.serverId), edit }, [
    ...(message ? [el('plaintext', { mediatype: mediaType }, Buffer.from(message))] : []),
    ...(edit === undefined ? [] : [el('meta', changed)]),
  ]);
};

/** Undefined where it is none that people would see. */
function decode(bytes: Uint8Array): MessageContent | undefined {
  try {
    const message = proto.Message.decode(bytes);
    const content = parseMessage(message);
    return isVisible(content, message) ? content : undefined;
  } catch {
    return undefined;
  }
}
