import { randomInt } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { MessageContent } from '../phone/content/content.js';
import { isVisible, parseMessage } from '../phone/content/parse.js';
import { proto } from '../transport/wire.js';

/** Something that was posted, as everybody who follows the channel sees it. */
type Post = MessageContent & { readonly id: string; readonly postedAt: string };

/** A channel: one person posts, and anybody may read. `owner` is a number. */
export type Channel = {
  readonly jid: string;
  readonly name: string;
  readonly owner: string;
  readonly posts: readonly Post[];
};

/** WhatsApp's codes for a post that it does not take. */
type Refusal = 400 | 403 | 404;

const maxChannels = 1_000;
const maxPosts = 1_000;

/** All channels. What is posted there is not encrypted. */
export class Channels {
  readonly #channels = new Map<string, Channel>();

  constructor(private readonly changed: () => void) {}

  get = (jid: string): Channel | undefined => this.#channels.get(jid);
  list = (): readonly Channel[] => [...this.#channels.values()];

  /** Throws if there are too many. */
  create(owner: string, name: string): Channel {
    if (this.#channels.size >= maxChannels) throw new SandboxError('not_allowed', 'too many channels');
    const jid = `1203634${String(randomInt(10 ** 11)).padStart(11, '0')}@newsletter`;
    return this.#set({ jid, name, owner, posts: [] });
  }

  /** Posts an encoded message. Answers why it was refused; undefined where it was not. The same id again changes nothing. */
  post(author: string, jid: string, id: string, message: Uint8Array): Refusal | undefined {
    const channel = this.#channels.get(jid);
    if (!channel) return 404;
    if (channel.owner !== author) return 403;
    const decoded = decode(message);
    if (!decoded) return 400;
    if (channel.posts.some((post) => post.id === id)) return undefined;
    const post = { ...parseMessage(decoded), id, postedAt: new Date().toISOString() };
    this.#set({ ...channel, posts: [...channel.posts, post].slice(-maxPosts) });
    return undefined;
  }

  restore(channels: readonly Channel[]): void {
    for (const channel of channels) this.#channels.set(channel.jid, channel);
  }

  #set(channel: Channel): Channel {
    this.#channels.set(channel.jid, channel);
    this.changed();
    return channel;
  }
}

/** Undefined where it is none that people would see. */
function decode(bytes: Uint8Array): proto.IMessage | undefined {
  try {
    const message = proto.Message.decode(bytes);
    return isVisible(parseMessage(message), message) ? message : undefined;
  } catch {
    return undefined;
  }
}
