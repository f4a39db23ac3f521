import { decodeNode, encodeNode, type BinaryNode } from '../transport/wire.js';

/** Stanzas that a client has to confirm. */
export type Confirmable = 'message' | 'receipt' | 'notification';

const STORED_NODE_BYTES = 2 ** 26;

/** Everything that was sent to one client and is not confirmed yet, oldest first. */
export class Outbox {
  #waiting: BinaryNode[];

  constructor(snapshot: readonly string[] = []) {
    this.#waiting = snapshot.map((node) => decodeNode(Buffer.from(node, 'base64'), STORED_NODE_BYTES));
  }

  add(stanza: BinaryNode): void {
    this.#waiting.push(stanza);
  }

  /** Forgets the oldest stanza of that kind and id; a resent message has the id of the one that failed. */
  settle(kind: Confirmable, id: string): boolean {
    const index = this.#waiting.findIndex((stanza) => stanza.tag === kind && stanza.attrs.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  waiting(): readonly BinaryNode[] {
    return this.#waiting;
  }

  snapshot(): readonly string[] {
    return this.#waiting.map((stanza) => encodeNode(stanza).toString('base64'));
  }
}
