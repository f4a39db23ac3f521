import { sampleFiles } from '../../support/sample-files.js';
import type { ControlledSandbox, SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Random } from '../campaign/random.js';

/** A chat of the session: with one friend, or the group of all of them. `to` is what phones send to. */
export type Chat = {
  readonly name: string;
  readonly to: string;
  readonly shown: string;
  readonly friends: readonly SandboxPhone[];
};

/** What somebody wrote, and whatever is to be on record of it, each once. */
export type Arrival = { readonly id: string; readonly isMessage: boolean; readonly facts: readonly string[] };

type Post = { readonly from: SandboxPhone; readonly id: string };
type Kind = {
  readonly facts: (id: string) => readonly string[];
  readonly write: (writer: Writer, post: Post) => unknown;
};

const file = (type: string, sample: keyof typeof sampleFiles, more: object = {}, delivery: object = {}): Kind => ({
  facts: (id) => [`MessageReceived ${id}`, `MessageFileFetched ${id}`],
  write: async (writer, post) => {
    const data = (await sampleFiles[sample]()).toString('base64');
    return writer.post(post, { type, [type]: { data, ...more }, ...delivery });
  },
});

const message = (type: string, content: unknown, more: object = {}): Kind => ({
  facts: (id) => [`MessageReceived ${id}`],
  write: (writer, post) => writer.post(post, { type, [type]: content, ...more }),
});

/** Everything that people send, in equal parts. */
const kinds: readonly Kind[] = [
  message('text', 'Hello'),
  message('location', { latitude: 52.5, longitude: 13.4 }),
  message('contact', { name: 'Carla', phone: '+491701111111' }),
  message('raw', { orderMessage: { orderId: '1' } }),
  message('text', 'seen once', { delivery: 'view-once' }),
  file('image', 'image', { caption: 'Look' }),
  file('image', 'image', { viewOnce: true }),
  file('video', 'video'),
  file('audio', 'voice', { voice: true }),
  file('document', 'document', { fileName: 'invoice.pdf' }),
  file('sticker', 'sticker'),
  {
    facts: (id) => [`MessageEdited ${id}`],
    write: (writer, post) => writer.change(post, 'edit', { text: `edited by ${post.id}` }),
  },
  {
    facts: (id) => [`SealedChangeReceived ${id}`, `MessageEdited ${id}`],
    write: (writer, post) => writer.change(post, 'edit', { text: `edited by ${post.id}`, sealed: true }),
  },
  {
    facts: (id) => [`MessageRevoked ${id}`],
    write: (writer, post) => writer.change(post, 'revoke', {}),
  },
  {
    facts: (id) => [`ReactionReceived ${id}`],
    write: (writer, post) => writer.change(post, 'reaction', { emoji: '👍' }),
  },
  {
    facts: (id) => [`SealedChangeReceived ${id}`, `PollVoted ${id}`],
    write: (writer, post) => writer.vote(post),
  },
];

/** Writes to a session in one chat, one message after the other: what, is chosen by the seed. */
export class Writer {
  readonly arrivals: Arrival[] = [];
  private upcoming: Kind[] = [];

  constructor(
    private readonly sandbox: ControlledSandbox,
    private readonly chat: Chat,
    private readonly random: Random,
  ) {}

  async write(count: number): Promise<void> {
    for (let written = 0; written < count; written += 1) {
      if (this.upcoming.length === 0) this.upcoming = this.random.shuffle(kinds);
      const { write, facts } = this.upcoming.pop()!;
      const id = this.newId();
      await write(this, { from: this.random.pick(this.chat.friends), id });
      this.arrivals.push({ id, isMessage: facts(id)[0]!.startsWith('MessageReceived'), facts: facts(id) });
    }
  }

  post({ from, id }: Post, body: object): Promise<unknown> {
    return this.sandbox.ask(`POST /phones/${from.number}/messages`, { to: this.chat.to, id, ...body });
  }

  /** Changes a message of its own, which is written for this. */
  async change(post: Post, type: 'edit' | 'revoke' | 'reaction', what: object): Promise<unknown> {
    const messageId = await this.extra(post.from, { type: 'text', text: 'to be changed' });
    return this.post(post, { type, [type]: { messageId, ...what } });
  }

  async vote({ from, id }: Post): Promise<unknown> {
    const messageId = await this.extra(from, { type: 'poll', poll: { question: 'Tea?', options: ['yes', 'no'] } });
    return this.sandbox.ask(`POST /phones/${from.number}/votes`, { messageId, id, options: ['yes'] });
  }

  private async extra(from: SandboxPhone, body: object): Promise<string> {
    const id = this.newId();
    await this.post({ from, id }, body);
    this.arrivals.push({ id, isMessage: true, facts: [`MessageReceived ${id}`] });
    return id;
  }

  private newId(): string {
    return `${this.chat.name}-${this.arrivals.length}`;
  }
}
