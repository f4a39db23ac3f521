import { createHash } from 'node:crypto';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { decodeMessage, encode } from './credentials/encoding.js';
import type { Arrival, CredentialStore } from './credentials/port.js';

/** WhatsApp sends a message again where it missed our receipt. Within this time such a message is recognized although it is recorded. */
const journalRetentionMs = 30_000;

/** The stanza of a message, with plaintexts in place of what was encrypted. */
export type DecryptedMessage = { readonly attrs: BinaryNode['attrs']; readonly nodes: readonly BinaryNode[] };

/** As it is on disk. */
export type JournaledMessage = DecryptedMessage & { /** Of the ciphertexts. */ readonly digests: readonly string[] };

/** One message. It has no number, and cannot be reported, before a part of it was decrypted. */
export type JournalEntry = { message: JournaledMessage; number?: number; isReported: boolean; recordedAt?: number };

type ExpectedCiphertext = { readonly entry: JournalEntry; readonly enc: BinaryNode; readonly digest: string };

type Write = (arrivals: readonly Arrival[]) => Promise<void>;

/**
 * The messages of one session that arrived and are not known to be recorded. Each is on disk before WhatsApp gets the receipt, after which
 * WhatsApp deletes it. A journal outlives the connections of its session.
 */
export class ArrivalJournal {
  private readonly entries = new Set<JournalEntry>();
  private readonly byId = new Map<string | null | undefined, JournalEntry>();
  private readonly decrypted = new Map<string, { readonly entry: JournalEntry; readonly plaintext: Uint8Array }>();
  private readonly expected = new WeakMap<Uint8Array, ExpectedCiphertext>();
  private readonly recorded: JournalEntry[] = [];
  private lastNumber = 0;
  private loading: Promise<void> | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
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
    return [...this.entries].filter(({ isReported }) => !isReported);
  }

  /** Announces a stanza that is about to be decrypted. Where it came before, its entry is the one from then. */
  expect(stanza: BinaryNode): JournalEntry {
    const nodes = Array.isArray(stanza.content) ? stanza.content : [];
    const encs = nodes.flatMap((enc) => {
      const { tag, content } = enc;
      return tag === 'enc' && content instanceof Uint8Array ? [{ enc, content, digest: digestOf(content) }] : [];
    });
    const known = encs.map(({ digest }) => this.decrypted.get(digest)?.entry).find((entry) => entry !== undefined);
    const others = nodes.filter(({ tag }) => tag !== 'enc');
    const entry: JournalEntry = known ?? {
      message: { attrs: stanza.attrs, nodes: others, digests: [] },
      isReported: false,
    };
    // Messages between the account's own devices are not recorded.
    if (stanza.attrs['category'] !== 'peer') {
      for (const { enc, content, digest } of encs) this.expected.set(content, { entry, enc, digest });
    }
    return entry;
  }

  /** The plaintext of a ciphertext that was decrypted before. */
  plaintextOf(ciphertext: Uint8Array): Uint8Array | undefined {
    const expected = this.expected.get(ciphertext);
    return expected && this.decrypted.get(expected.digest)?.plaintext;
  }

  /** Stores a plaintext through `write`, which is called synchronously. Where that fails, the ciphertext counts as not decrypted. */
  async add(ciphertext: Uint8Array, plaintext: Uint8Array, write: Write): Promise<void> {
    const expected = this.expected.get(ciphertext);
    if (!expected) return write([]);
    const { entry, enc, digest } = expected;
    const { attrs, nodes, digests } = entry.message;
    const message = { attrs, nodes: [...nodes, { ...enc, content: plaintext }], digests: [...digests, digest] };
    const number = (entry.number ??= this.lastNumber += 1);
    await write([...this.takeOutdated(), { number, value: encode(message satisfies JournaledMessage) }]);
    entry.message = message;
    this.index(entry);
  }

  /** Whether a message with this id arrived as a stanza. */
  has(whatsappId: string | null | undefined): boolean {
    return this.byId.has(whatsappId);
  }

  /** The entry was reported. It stays until that is recorded, and is unreported again where recording fails. Never rejects. */
  async markReported(entry: JournalEntry, recording: Promise<void> | undefined): Promise<void> {
    entry.isReported = true;
    try {
      await recording;
    } catch {
      entry.isReported = false;
      return;
    }
    if (this.isClosed) return;
    entry.recordedAt = performance.now();
    this.recorded.push(entry);
    this.sweepTimer ??= setTimeout(() => this.sweep(), journalRetentionMs).unref();
  }

  /** Removes what is recorded from the disk, and stops. */
  async close(): Promise<void> {
    const outdated = this.takeOutdated(performance.now());
    this.discard();
    if (outdated.length > 0) await this.remove(outdated);
  }

  /** Stops without writing anything: the whole session is being removed from the disk. */
  discard(): void {
    clearTimeout(this.sweepTimer);
    this.isClosed = true;
  }

  private async load(): Promise<void> {
    const arrivals = await this.store.arrivals(this.sessionId);
    const entries = arrivals.map(({ number, value }) => ({ number, message: decodeMessage(value), isReported: false }));
    for (const entry of entries) this.index(entry);
    this.lastNumber = entries.at(-1)?.number ?? 0;
  }

  private index(entry: JournalEntry): void {
    const { attrs, nodes, digests } = entry.message;
    this.entries.add(entry);
    this.byId.set(attrs['id'], entry);
    const encs = nodes.filter(({ tag }) => tag === 'enc');
    for (const [index, digest] of digests.entries()) {
      this.decrypted.set(digest, { entry, plaintext: encs[index]!.content as Uint8Array });
    }
  }

  private sweep(): void {
    this.sweepTimer = this.recorded.length > 0 ? setTimeout(() => this.sweep(), journalRetentionMs).unref() : undefined;
    const outdated = this.takeOutdated();
    if (outdated.length > 0) void this.remove(outdated);
  }

  /** Forgets what was recorded before that time. Returns what is then to be removed from the disk. */
  private takeOutdated(before = performance.now() - journalRetentionMs): readonly Arrival[] {
    const outdated: Arrival[] = [];
    while (!this.isClosed && this.recorded.length > 0 && this.recorded[0]!.recordedAt! <= before) {
      const entry = this.recorded.shift()!;
      this.entries.delete(entry);
      if (this.byId.get(entry.message.attrs['id']) === entry) this.byId.delete(entry.message.attrs['id']);
      for (const digest of entry.message.digests) this.decrypted.delete(digest);
      outdated.push({ number: entry.number!, value: null });
    }
    return outdated;
  }

  private async remove(outdated: readonly Arrival[]): Promise<void> {
    // What stays is reported again after the next start, which is harmless.
    await this.store.write(this.sessionId, [], 'crash', outdated).catch(() => undefined);
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
