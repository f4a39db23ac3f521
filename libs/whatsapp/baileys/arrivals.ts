import { createHash } from 'node:crypto';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { decodeMessage, encode } from './credentials/encoding.js';
import type { Arrival, CredentialStore } from './credentials/port.js';

/** How long what is recorded stays, in milliseconds: where WhatsApp missed our receipt, the message comes again, and opens only once. */
const keptMs = 30_000;

/** The stanza of a message, with what was encrypted in the clear. */
export type OpenedMessage = { readonly attrs: BinaryNode['attrs']; readonly nodes: readonly BinaryNode[] };

export type Stored = OpenedMessage & { /** Of the ciphertexts. */ readonly digests: readonly string[] };

/** One message. Nothing is known of it, and nothing to be told, before something of it was opened. */
export type Entry = { message: Stored; number?: number; isTold: boolean; recordedAt?: number };

type Coming = { readonly entry: Entry; readonly enc: BinaryNode; readonly digest: string };

type Writing = (arrivals: readonly Arrival[]) => Promise<void>;

/**
 * The messages of one session that arrived and are not known to be recorded. Each is on disk before WhatsApp hears that it arrived, which
 * then forgets it. Belongs to a process: connections come and go.
 */
export class Arrivals {
  private readonly entries = new Set<Entry>();
  private readonly ids = new Map<string | null | undefined, Entry>();
  private readonly opened = new Map<string, { readonly entry: Entry; readonly plaintext: Uint8Array }>();
  private readonly coming = new WeakMap<Uint8Array, Coming>();
  private readonly recorded: Entry[] = [];
  private lastNumber = 0;
  private loading: Promise<void> | undefined;
  private sweeping: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor(
    private readonly sessionId: string,
    private readonly store: CredentialStore,
  ) {}

  /** What was told to nobody, or in vain, in the order in which it came; with what a former process left behind. */
  async untold(): Promise<readonly Entry[]> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    await this.loading;
    return [...this.entries].filter(({ isTold }) => !isTold);
  }

  /** A stanza is to be opened: what is opened of it belongs to the entry. One that came before has that from before. */
  expect(stanza: BinaryNode): Entry {
    const nodes = Array.isArray(stanza.content) ? stanza.content : [];
    const encs = nodes.flatMap((enc) => {
      const { tag, content } = enc;
      return tag === 'enc' && content instanceof Uint8Array ? [{ enc, content, digest: digestOf(content) }] : [];
    });
    const known = encs.map(({ digest }) => this.opened.get(digest)?.entry).find((entry) => entry !== undefined);
    const others = nodes.filter(({ tag }) => tag !== 'enc');
    const entry: Entry = known ?? { message: { attrs: stanza.attrs, nodes: others, digests: [] }, isTold: false };
    // What one's own devices tell each other is nothing to record.
    if (stanza.attrs['category'] !== 'peer') {
      for (const { enc, content, digest } of encs) this.coming.set(content, { entry, enc, digest });
    }
    return entry;
  }

  /** What a ciphertext was when it was opened before. */
  plaintextOf(ciphertext: Uint8Array): Uint8Array | undefined {
    const coming = this.coming.get(ciphertext);
    return coming && this.opened.get(coming.digest)?.plaintext;
  }

  /** Stores what a ciphertext was, by `write`, which is called at once. Where it fails, nothing was opened. */
  async keep(ciphertext: Uint8Array, plaintext: Uint8Array, write: Writing): Promise<void> {
    const coming = this.coming.get(ciphertext);
    if (!coming) return write([]);
    const { entry, enc, digest } = coming;
    const { attrs, nodes, digests } = entry.message;
    const message = { attrs, nodes: [...nodes, { ...enc, content: plaintext }], digests: [...digests, digest] };
    const number = (entry.number ??= this.lastNumber += 1);
    await write([...this.outdated(), { number, value: encode(message satisfies Stored) }]);
    entry.message = message;
    this.remember(entry);
  }

  /** A message of this id came in a stanza. */
  has(whatsappId: string | null | undefined): boolean {
    return this.ids.has(whatsappId);
  }

  /** It was told: it stays until that is recorded, and is untold again where it is not. Never rejects. */
  async told(entry: Entry, recording: Promise<void> | undefined): Promise<void> {
    entry.isTold = true;
    try {
      await recording;
    } catch {
      entry.isTold = false;
      return;
    }
    if (this.hasEnded) return;
    entry.recordedAt = performance.now();
    this.recorded.push(entry);
    this.sweeping ??= setTimeout(() => this.sweep(), keptMs).unref();
  }

  /** Removes what is recorded. With `forget`, nothing is written any more: all of it is to be removed with the session. */
  async end({ forget }: { readonly forget: boolean }): Promise<void> {
    clearTimeout(this.sweeping);
    const outdated = forget ? [] : this.outdated(performance.now());
    this.hasEnded = true;
    if (outdated.length > 0) await this.remove(outdated);
  }

  private async load(): Promise<void> {
    const arrivals = await this.store.arrivals(this.sessionId);
    const stored = arrivals.map(({ number, value }) => ({ number, message: decodeMessage(value), isTold: false }));
    for (const entry of stored) this.remember(entry);
    this.lastNumber = stored.at(-1)?.number ?? 0;
  }

  private remember(entry: Entry): void {
    const { attrs, nodes, digests } = entry.message;
    this.entries.add(entry);
    this.ids.set(attrs['id'], entry);
    const encs = nodes.filter(({ tag }) => tag === 'enc');
    for (const [index, digest] of digests.entries()) {
      this.opened.set(digest, { entry, plaintext: encs[index]!.content as Uint8Array });
    }
  }

  private sweep(): void {
    this.sweeping = this.recorded.length > 0 ? setTimeout(() => this.sweep(), keptMs).unref() : undefined;
    const outdated = this.outdated();
    if (outdated.length > 0) void this.remove(outdated);
  }

  /** Lets go of what was recorded long ago; answers what is to be removed from the disk. */
  private outdated(before = performance.now() - keptMs): readonly Arrival[] {
    const gone: Arrival[] = [];
    while (!this.hasEnded && this.recorded.length > 0 && this.recorded[0]!.recordedAt! <= before) {
      const entry = this.recorded.shift()!;
      this.entries.delete(entry);
      if (this.ids.get(entry.message.attrs['id']) === entry) this.ids.delete(entry.message.attrs['id']);
      for (const digest of entry.message.digests) this.opened.delete(digest);
      gone.push({ number: entry.number!, value: null });
    }
    return gone;
  }

  private async remove(outdated: readonly Arrival[]): Promise<void> {
    // What stays behind is told again after the next start, which changes nothing.
    await this.store.write(this.sessionId, [], 'crash', outdated).catch(() => undefined);
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
