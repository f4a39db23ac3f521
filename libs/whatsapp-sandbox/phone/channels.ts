import { createHash, randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import type { Post, Posting } from '../network/channels.js';
import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import { buildMessage } from './content/build.js';
import type { SendableContent } from './content/content.js';
import { parseMessage } from './content/parse.js';
import type { PlainMedia } from './media-store.js';

const edits = '3';
const deletes = '8';

/** What a phone does in the channels of its owner. Methods throw for other channels, and for what is not there. */
export class PhoneChannels {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
  ) {}

  /** Nothing of it is encrypted. */
  async post(jid: string, content: SendableContent): Promise<Post> {
    const unknown = (): never => {
      throw new SandboxError('invalid_argument', 'a post refers to no message and to nobody');
    };
    const message = await buildMessage(content, {
      reference: unknown,
      jidOf: unknown,
      addressOf: unknown,
      media: { put: (bytes) => this.#publish(bytes) },
    });
    const { media } = parseMessage(message);
    const mediaType = media?.voice ? 'ptt' : media?.kind;
    return this.#send(jid, { id: newId(), ...(media ? { type: 'media', mediaType } : { type: 'text' }) }, message);
  }

  edit(jid: string, id: string, text: string): Post {
    return this.#send(jid, { id, type: 'text', edit: edits }, { conversation: text });
  }

  delete(jid: string, id: string): Post {
    return this.#send(jid, { id, type: 'text', edit: deletes }, {});
  }

  /** The file of a post. */
  async file(jid: string, id: string): Promise<Buffer> {
    const url = this.#post(jid, id).media?.url ?? '';
    const directPath = URL.canParse(url) ? new URL(url).pathname : '';
    const bytes = await this.network.parts.media?.read({ directPath });
    if (!bytes) throw new SandboxError('not_found', `no file of post ${id}`);
    return bytes;
  }

  #send(jid: string, posting: Omit<Posting, 'message'>, message: proto.IMessage): Post {
    const bytes = proto.Message.encode(message).finish();
    const refusal = this.network.channels.post(this.account.number, jid, { ...posting, message: bytes });
    if (refusal === 404) throw new SandboxError('not_found', 'unknown channel or post');
    if (refusal === 403) throw new SandboxError('not_allowed', 'this phone does not own the channel');
    if (refusal !== undefined) throw new SandboxError('invalid_argument', 'nothing that can be posted');
    return this.#post(jid, posting.id);
  }

  #post(jid: string, id: string): Post {
    const found = this.network.channels.require(jid).posts.find((post) => post.id === id);
    if (!found) throw new SandboxError('not_found', `unknown post ${id}`);
    return found;
  }

  async #publish(bytes: Buffer): Promise<PlainMedia> {
    const { media } = this.network.parts;
    if (!media) throw new SandboxError('no_media', 'this sandbox has no media server');
    const fileSha256 = createHash('sha256').update(bytes).digest();
    return { ...(await media.publish(bytes)), fileSha256, fileLength: bytes.length };
  }
}

const newId = (): string => `AC${randomBytes(15).toString('hex').toUpperCase()}`;
