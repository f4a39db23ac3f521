import type { DeviceAddress } from './network/address.js';
import type { BinaryNode } from './transport/wire.js';

/** A recorded stanza. Byte content is replaced by its length, so that it holds no keys and no ciphertext. */
export type RecordedNode = {
  readonly tag: string;
  readonly attrs: { readonly [name: string]: string };
  readonly content?: readonly RecordedNode[] | string;
};

export type TranscriptEntry = {
  readonly at: string;
  /** Seen from the server. */
  readonly direction: 'in' | 'out';
  /** Undefined before the client is logged in. */
  readonly client: DeviceAddress | undefined;
  readonly stanza: RecordedNode;
};

/** The last `capacity` stanzas between clients and the sandbox, newest last. */
export class Transcript {
  #entries: TranscriptEntry[] = [];

  constructor(private capacity: number) {}

  get isOn(): boolean {
    return this.capacity > 0;
  }

  /** Changes the number of stanzas to record; 0 stops recording and clears. */
  setCapacity(capacity: number): void {
    this.capacity = capacity;
    this.#entries = capacity === 0 ? [] : this.#entries.slice(-capacity);
  }

  record(direction: TranscriptEntry['direction'], client: DeviceAddress | undefined, node: BinaryNode): void {
    if (!this.isOn) return;
    this.#entries.push({ at: new Date().toISOString(), direction, client, stanza: recordNode(node) });
    if (this.#entries.length >= 2 * this.capacity) this.#entries = this.#entries.slice(-this.capacity);
  }

  entries(): readonly TranscriptEntry[] {
    return this.isOn ? this.#entries.slice(-this.capacity) : [];
  }

  clear(): void {
    this.#entries = [];
  }
}

function recordNode({ tag, attrs, content }: BinaryNode): RecordedNode {
  if (content === undefined) return { tag, attrs };
  if (Array.isArray(content)) return { tag, attrs, content: content.map(recordNode) };
  return { tag, attrs, content: typeof content === 'string' ? content : `(${content.length} bytes)` };
}
