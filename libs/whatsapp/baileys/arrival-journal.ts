import { createHash } from 'node:crypto';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { decodeMessage, encode } from './credentials/encoding.js';
import type { Arrival, CredentialStore } from './credentials/port.js';
import { childrenOf } from './nodes.js';

/**
 * WhatsApp sends a message again where it missed our receipt, as soon as the session is connected: after days, where that was long in coming.
 * It keeps messages for 30 days. What was recorded longer ago, or before so many others of the session, is not recognized any more.
 */
const retentionMs = 30 * 86_400_000;
const maxRecorded = 1000;
/** How long a change that nothing depends on may wait for another write. */
const flushDelayMs = 30_000;

/** Decrypted by Baileys to a message without content, which it confirms and which is not reported. */
const emptyPlaintext: Uint8Array = Buffer.of(1);

/** The stanza of a message, with plaintexts in place of what was encrypted. */
export type DecryptedMessage = { readonly attrs: BinaryNode['attrs']; readonly nodes: readonly BinaryNode[] };

/** As it is on disk. */
export type JournaledMessage = DecryptedMessage & {
  /** Of the ciphertexts. */
  readonly digests: readonly string[];
  /** By the wall clock, in milliseconds; absent where the message is not known to be recorded. */
  readonly recordedAt?: number;
};

/** One message. It has no number before a part of it was decrypted. */
export type JournalEntry = {
  message: JournaledMessage;
  /** As it is being stored. */
  next?: JournaledMessage | undefined;
  number?: number;
  isReported: boolean;
};

/** A part of a message that was decrypted. */
type Decrypted = { readonly entry: JournalEntry; readonly plaintext: Uint8Array };

type ExpectedCiphertext = {
  readonly entry: JournalEntry;
  /** The stanza without ciphertexts. */
  readonly rest: DecryptedMessage;
  readonly enc: BinaryNode;
  readonly digest: string;
  adding?: Promise<void>;
};

type Write = (arrivals: readonly Arrival[]) => Promise<void>;

/**
 * The messages of one session that arrived. Each is on disk before WhatsApp gets the receipt, after which WhatsApp deletes it. Once it is
 * recorded, only what recognizes it is kept. A journal outlives the connections of its session.
 */
export class ArrivalJournal {
  private readonly entries = new Set<JournalEntry>();
  private readonly byId = new Map<string | null | undefined, JournalEntry>();
  /** By the digest of the ciphertext. */
  private readonly decrypted = new Map<string, Decrypted>();
  /** Decrypted, and not on disk yet. */
  private readonly storing = new Map<string, Decrypted & { readonly adding: Promise<void> }>();
  private readonly expected = new WeakMap<Uint8Array, ExpectedCiphertext>();
  /** In the order in which they were recorded. */
  private readonly recorded = new Set<JournalEntry>();
  /** Recorded, and still complete on disk. */
  private readonly unflushed = new Set<JournalEntry>();
  private lastNumber = 0;
  private loading: Promise<void> | undefined;
  private flushTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly sessionId: string,
    private readonly store: CredentialStore,
  ) {}

  /** The messages that are still to be reported, in the order of their arrival, including those of a former process. */
  async unreported(): Promise<readonly JournalEntry[]> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    await this.loading;
    await Promise.allSettled(Array.from(this.storing.values(), ({ adding }) => adding)); // of the connection before
    return [...this.entries].filter(({ isReported }) => !isReported);
  }

  /** Announces a stanza that is about to be decrypted. */
  expect(stanza: BinaryNode): void {
    // Messages between the account's own devices are not recorded.
    if (stanza.attrs['category'] === 'peer') return;
    const rest = { attrs: stanza.attrs, nodes: childrenOf(stanza).filter(({ tag }) => tag !== 'enc') };
    const entry = this.find(stanza) ?? { message: { ...rest, digests: [] }, isReported: false };
    for (const { enc, content, digest } of encsOf(stanza)) this.expected.set(content, { entry, rest, enc, digest });
  }

  /**
   * The entry of a stanza of which a part was decrypted, now or when it came before, once that is on disk.
   * @throws where it could not be stored.
   */
  async stored(stanza: BinaryNode): Promise<JournalEntry | undefined> {
    for (const { content, digest } of encsOf(stanza))
      await (this.expected.get(content)?.adding ?? this.storing.get(digest)?.adding);
    return this.find(stanza);
  }

  /** The plaintext of a ciphertext that was decrypted before; without content where its message is recorded. */
  plaintextOf(ciphertext: Uint8Array): Uint8Array | undefined {
    const expected = this.expected.get(ciphertext);
    return expected && this.found(expected.digest)?.plaintext;
  }

  /**
   * Stores a plaintext through `write`, which is called synchronously. The ciphertext counts as decrypted from now on, unless that fails.
   * What is added next does not have to wait.
   */
  add(ciphertext: Uint8Array, plaintext: Uint8Array, write: Write): Promise<void> {
    const expected = this.expected.get(ciphertext);
    if (!expected) return write([]);
    const { entry, digest } = expected;
    const adding = this.addExpected(expected, plaintext, write).finally(() => this.storing.delete(digest));
    this.storing.set(digest, { entry, plaintext, adding });
    expected.adding = adding;
    return adding;
  }

  /** Whether a message with this id arrived as a stanza. */
  has(whatsappId: string | null | undefined): boolean {
    return this.byId.has(whatsappId);
  }

  /** The entry was reported. It stays complete until that is recorded, and is unreported again where recording fails. Never rejects. */
  async markReported(entry: JournalEntry, recording: Promise<void> | undefined): Promise<void> {
    const { message } = entry;
    entry.isReported = true;
    try {
      await recording;
    } catch {
      entry.isReported = false;
      return;
    }
    if (this.isClosed || entry.message !== message || entry.next) return; // a part of it was decrypted meanwhile
    const { attrs, digests } = message;
    entry.message = { attrs: attrsOf(attrs), nodes: [], digests, recordedAt: Date.now() };
    this.index(entry);
    this.recorded.add(entry);
    this.unflushed.add(entry);
    this.flushTimer ??= setTimeout(() => void this.flush(), flushDelayMs).unref();
  }

  /** Stores what was recorded, and stops. */
  async close(): Promise<void> {
    const flushed = this.flush();
    this.discard();
    await flushed;
  }

  /** Stops without writing anything: the whole session is being removed from the disk. */
  discard(): void {
    clearTimeout(this.flushTimer);
    this.isClosed = true;
  }

  private found(digest: string): Decrypted | undefined {
    return this.decrypted.get(digest) ?? this.storing.get(digest);
  }

  private find(stanza: BinaryNode): JournalEntry | undefined {
    return encsOf(stanza)
      .map(({ digest }) => this.found(digest)?.entry)
      .find((entry) => entry !== undefined);
  }

  private async addExpected(
    { entry, rest, enc, digest }: ExpectedCiphertext,
    plaintext: Uint8Array,
    write: Write,
  ): Promise<void> {
    const { digests, recordedAt, ...former } = entry.next ?? entry.message;
    const { attrs, nodes } = recordedAt === undefined ? former : rest;
    const message = { attrs, nodes: [...nodes, { ...enc, content: plaintext }], digests: [...digests, digest] };
    const number = (entry.number ??= this.lastNumber += 1);
    const changes = this.takeChanges();
    entry.next = message;
    this.byId.set(attrs['id'], entry);
    const wasRecorded = this.recorded.delete(entry);
    try {
      await write([...changes, { number, value: encode(message satisfies JournaledMessage) }]);
    } catch (error) {
      entry.next = undefined;
      if (wasRecorded) this.recorded.add(entry);
      if (!this.entries.has(entry)) this.byId.delete(attrs['id']);
      throw error;
    }
    entry.message = message;
    if (entry.next === message) entry.next = undefined;
    // A part that could not be decrypted when the others were reported.
    entry.isReported = false;
    this.index(entry);
  }

  private async load(): Promise<void> {
    for (const { number, value } of await this.store.arrivals(this.sessionId)) {
      const message = decodeMessage(value);
      const isRecorded = message.recordedAt !== undefined;
      const entry = { number, message, isReported: isRecorded };
      this.index(entry);
      if (isRecorded) this.recorded.add(entry);
      this.lastNumber = number;
    }
  }

  private index(entry: JournalEntry): void {
    const { attrs, nodes, digests } = entry.message;
    this.entries.add(entry);
    this.byId.set(attrs['id'], entry);
    const encs = nodes.filter(({ tag }) => tag === 'enc');
    // Of the parts of a message that was recorded before one of them was decrypted, the others are gone.
    const goneParts = digests.length - encs.length;
    for (const [index, digest] of digests.entries()) {
      const plaintext = (encs[index - goneParts]?.content as Uint8Array | undefined) ?? emptyPlaintext;
      this.decrypted.set(digest, { entry, plaintext });
    }
  }

  private async flush(): Promise<void> {
    this.flushTimer = undefined;
    const changes = this.takeChanges();
    // What is not stored is reported again after the next start, which is harmless.
    if (changes.length > 0) await this.store.write(this.sessionId, [], 'crash', changes).catch(() => undefined);
  }

  /** Forgets what is outdated. Returns what is then to be changed on disk. */
  private takeChanges(): readonly Arrival[] {
    if (this.isClosed) return [];
    const outdated = this.takeOutdated();
    const recorded = [...this.unflushed].map(({ number, message }) => ({ number: number!, value: encode(message) }));
    this.unflushed.clear();
    return [...recorded, ...outdated];
  }

  private takeOutdated(): readonly Arrival[] {
    const outdated: Arrival[] = [];
    for (const entry of this.recorded) {
      const { attrs, digests, recordedAt = 0 } = entry.message;
      if (this.recorded.size <= maxRecorded && recordedAt > Date.now() - retentionMs) break;
      this.recorded.delete(entry);
      this.unflushed.delete(entry);
      this.entries.delete(entry);
      if (this.byId.get(attrs['id']) === entry) this.byId.delete(attrs['id']);
      for (const digest of digests) this.decrypted.delete(digest);
      outdated.push({ number: entry.number!, value: null });
    }
    return outdated;
  }
}

const encsOf = (stanza: BinaryNode) =>
  childrenOf(stanza).flatMap((enc) => {
    const { tag, content } = enc;
    return tag === 'enc' && content instanceof Uint8Array ? [{ enc, content, digest: digestOf(content) }] : [];
  });

/** What recognizes a message. */
const attrsOf = ({ id }: BinaryNode['attrs']): BinaryNode['attrs'] => (id === undefined ? {} : { id });

const digests = new WeakMap<Uint8Array, string>();

/** A ciphertext is looked up several times while its message is processed. */
const digestOf = (bytes: Uint8Array): string => {
  const digest = digests.get(bytes) ?? createHash('sha256').update(bytes).digest('base64');
  digests.set(bytes, digest);
  return digest;
};
