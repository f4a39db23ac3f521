import { decodeNode, encodeNode, type BinaryNode } from '../transport/wire.js';

/** Stanzas that a client has to confirm. */
export type Confirmable = 'message' | 'receipt' | 'notification';

type Waiting = { readonly tag: string; readonly id: string | undefined; readonly bytes: Buffer };

const STORED_NODE_BYTES = 2 ** 26;

/** Everything that was sent to one client and is not confirmed yet, oldest first. */
export class Outbox {
  readonly #waiting: Waiting[];
  #bytes: number;

  constructor(
    private readonly maxBytes: number,
    snapshot: readonly string[] = [],
  ) {
    this.#waiting = snapshot.map((text) => {
      const bytes = Buffer.from(text, 'base64');
      const { tag, attrs } = decodeNode(bytes, STORED_NODE_BYTES);
      return { tag, id: attrs.id, bytes };
    });
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** How many there are. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Returns the stanza as it is written, or undefined when there is no room for it. Throws when it cannot be written, so that all
   * that waits can be.
   */
  add(stanza: BinaryNode): Buffer | undefined {
    const bytes = encodeNode(stanza);
    if (this.#bytes + bytes.length > this.maxBytes) return undefined;
    this.#waiting.push({ tag: stanza.tag, id: stanza.attrs.id, bytes });
    this.#bytes += bytes.length;
    return bytes;
  }

  /** Forgets the oldest stanza of that kind and id; a resent message has the id of the one that failed. */
  settle(kind: Confirmable, id: string): boolean {
    const index = this.#waiting.findIndex((stanza) => stanza.tag === kind && stanza.id === id);
    const [settled] = index < 0 ? [] : this.#waiting.splice(index, 1);
    this.#bytes -= settled?.bytes.length ?? 0;
    return settled !== undefined;
  }

  waiting(): readonly BinaryNode[] {
    return this.#waiting.map(({ bytes }) => decodeNode(bytes, STORED_NODE_BYTES));
  }

  snapshot(): readonly string[] {
    return this.#waiting.map(({ bytes }) => bytes.toString('base64'));
  }
}
