import { decodeNode, encodeNode, type BinaryNode } from '../transport/wire.js';

/** Tags of stanzas that a client must confirm. */
export type Confirmable = 'message' | 'receipt' | 'notification' | 'call';

type QueuedStanza = { readonly tag: string; readonly id: string | undefined; readonly bytes: Buffer };

const maxStoredStanzaBytes = 2 ** 26;

/** The stanzas to one client that it has not confirmed, oldest first. */
export class StanzaOutbox {
  readonly #waiting: QueuedStanza[];
  #bytes: number;
  /** Messages whose receipt was lost, and how many seconds later they are dated when they are repeated. */
  readonly #lostReceipts = new Map<string, number>();

  constructor(
    private readonly maxBytes: number,
    snapshot: readonly string[] = [],
  ) {
    this.#waiting = snapshot.map((text) => {
      const bytes = Buffer.from(text, 'base64');
      const { tag, attrs } = decodeNode(bytes, maxStoredStanzaBytes);
      return { tag, id: attrs.id, bytes };
    });
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Number of unconfirmed stanzas. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Returns the encoded stanza, or undefined if the outbox is full. Throws if the stanza cannot be encoded, so that all queued ones
   * can.
   */
  add(stanza: BinaryNode): Buffer | undefined {
    const bytes = encodeNode(stanza);
    if (this.#bytes + bytes.length > this.maxBytes) return undefined;
    this.#waiting.push({ tag: stanza.tag, id: stanza.attrs.id, bytes });
    this.#bytes += bytes.length;
    return bytes;
  }

  /** Removes the oldest stanza with that tag and id: a resent message has the same id. False if there is none. */
  settle(kind: Confirmable, id: string): boolean {
    const index = this.#waiting.findIndex((stanza) => stanza.tag === kind && stanza.id === id);
    const [settled] = index < 0 ? [] : this.#waiting.splice(index, 1);
    this.#bytes -= settled?.bytes.length ?? 0;
    return settled !== undefined;
  }

  hasMessage = (id: string): boolean => this.#waiting.some((stanza) => stanza.tag === 'message' && stanza.id === id);

  /** A receipt for a message is lost: the message stays until it is confirmed after `repeat`. */
  loseReceipt(id: string, laterBySeconds: number): void {
    this.#lostReceipts.set(id, laterBySeconds);
  }

  hasLostReceipt = (id: string): boolean => this.#lostReceipts.has(id);

  /** The stanzas to send after a login. Messages whose receipt was lost are dated later; receipts for them count again. */
  repeat(): readonly BinaryNode[] {
    const stanzas = this.#waiting.map(({ tag, id = '', bytes }, index) => {
      const stanza = decodeNode(bytes, maxStoredStanzaBytes);
      const laterBySeconds = tag === 'message' ? (this.#lostReceipts.get(id) ?? 0) : 0;
      if (laterBySeconds === 0) return stanza;
      const t = String(Number(stanza.attrs.t) + laterBySeconds);
      const repeated: BinaryNode = { ...stanza, attrs: { ...stanza.attrs, t } };
      this.#waiting[index] = { tag, id, bytes: encodeNode(repeated) };
      return repeated;
    });
    this.#lostReceipts.clear();
    return stanzas;
  }

  snapshot(): readonly string[] {
    return this.#waiting.map(({ bytes }) => bytes.toString('base64'));
  }
}
