import { setImmediate } from 'node:timers/promises';
import { decodeNode, encodeNode } from '../transport/wire.js';
import type { Envelope } from '../network/mail.js';

type StoredEnvelope = Omit<Envelope, 'sealed' | 'attachments'> & {
  readonly sealed: readonly { readonly attrs: { readonly [name: string]: string }; readonly bytes: string }[];
  readonly attachments: readonly string[];
};
export type MailbagSnapshot = readonly StoredEnvelope[];

const STORED_NODE_BYTES = 2 ** 26;
/** What an envelope takes beside its ciphertexts, about. */
const ENVELOPE_BYTES = 1_000;
/** Milliseconds that one phone may work without a pause. */
const TURN_MS = 5;

/** Envelopes that have arrived at a phone, handled one after the other while the phone is online. */
export class Mailbag {
  readonly #waiting: Envelope[];
  #bytes: number;
  #working = false;

  constructor(
    private readonly isOpen: () => boolean,
    /** Must not throw: a phone deals with what it cannot read. */
    private readonly handle: (envelope: Envelope) => Promise<void>,
    private readonly maxBytes: number,
    snapshot: MailbagSnapshot = [],
  ) {
    this.#waiting = snapshot.map(restore);
    this.#bytes = this.#waiting.reduce((sum, envelope) => sum + sizeOf(envelope), 0);
  }

  /** What there is no room for is lost. */
  add(envelope: Envelope): void {
    if (this.#bytes + sizeOf(envelope) > this.maxBytes) return;
    this.#waiting.push(envelope);
    this.#bytes += sizeOf(envelope);
    this.open();
  }

  /** Goes on with what has waited. Harmless when there is nothing to do. */
  open(): void {
    if (!this.#working) void this.#work();
  }

  snapshot(): MailbagSnapshot {
    return this.#waiting.map(store);
  }

  async #work(): Promise<void> {
    this.#working = true;
    let start = performance.now();
    for (let next = this.#waiting[0]; next !== undefined && this.isOpen(); next = this.#waiting[0]) {
      await this.handle(next);
      this.#waiting.shift();
      this.#bytes -= sizeOf(next);
      if (performance.now() - start < TURN_MS) continue;
      await setImmediate(); // others want to get on too
      start = performance.now();
    }
    this.#working = false;
  }
}

const sizeOf = ({ sealed }: Envelope): number => sealed.reduce((sum, { bytes }) => sum + bytes.length, ENVELOPE_BYTES);

const store = (envelope: Envelope): StoredEnvelope => ({
  ...envelope,
  sealed: envelope.sealed.map(({ attrs, bytes }) => ({ attrs, bytes: bytes.toString('base64') })),
  attachments: envelope.attachments.map((node) => encodeNode(node).toString('base64')),
});

const restore = (stored: StoredEnvelope): Envelope => ({
  ...stored,
  sealed: stored.sealed.map(({ attrs, bytes }) => ({ attrs, bytes: Buffer.from(bytes, 'base64') })),
  attachments: stored.attachments.map((node) => decodeNode(Buffer.from(node, 'base64'), STORED_NODE_BYTES)),
});
