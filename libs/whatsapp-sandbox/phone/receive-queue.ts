import { setImmediate } from 'node:timers/promises';
import { decodeNode, encodeNode } from '../transport/wire.js';
import type { Envelope } from '../network/mail.js';

type StoredEnvelope = Omit<Envelope, 'ciphertexts' | 'attachments'> & {
  readonly sealed: readonly { readonly attrs: { readonly [name: string]: string }; readonly bytes: string }[];
  readonly attachments: readonly string[];
};
export type ReceiveQueueSnapshot = readonly StoredEnvelope[];

const maxStoredNodeBytes = 2 ** 26;
/** Approximate size of an envelope without its ciphertexts. */
const envelopeOverheadBytes = 1_000;
/** A phone yields to the event loop after working this long. */
const maxTurnMs = 5;

/** Envelopes for a phone, processed in order while the phone is online. */
export class ReceiveQueue {
  readonly #waiting: Envelope[];
  #bytes: number;
  #isProcessing = false;

  constructor(
    private readonly isOnline: () => boolean,
    /** Must not reject. */
    private readonly handle: (envelope: Envelope) => Promise<void>,
    private readonly maxBytes: number,
    snapshot: ReceiveQueueSnapshot = [],
  ) {
    this.#waiting = snapshot.map(restore);
    this.#bytes = this.#waiting.reduce((sum, envelope) => sum + sizeOf(envelope), 0);
  }

  /** Drops the envelope if the queue is full. */
  add(envelope: Envelope): void {
    if (this.#bytes + sizeOf(envelope) > this.maxBytes) return;
    this.#waiting.push(envelope);
    this.#bytes += sizeOf(envelope);
    this.resume();
  }

  /** Resumes processing. No effect if the queue is empty or being processed. */
  resume(): void {
    if (!this.#isProcessing) void this.#process();
  }

  snapshot(): ReceiveQueueSnapshot {
    return this.#waiting.map(store);
  }

  async #process(): Promise<void> {
    this.#isProcessing = true;
    let start = performance.now();
    for (let next = this.#waiting[0]; next !== undefined && this.isOnline(); next = this.#waiting[0]) {
      await this.handle(next);
      this.#waiting.shift();
      this.#bytes -= sizeOf(next);
      if (performance.now() - start < maxTurnMs) continue;
      await setImmediate(); // lets other work run
      start = performance.now();
    }
    this.#isProcessing = false;
  }
}

const sizeOf = ({ ciphertexts }: Envelope): number =>
  ciphertexts.reduce((sum, { bytes }) => sum + bytes.length, envelopeOverheadBytes);

const store = ({ ciphertexts, attachments, ...rest }: Envelope): StoredEnvelope => ({
  ...rest,
  sealed: ciphertexts.map(({ attrs, bytes }) => ({ attrs, bytes: bytes.toString('base64') })),
  attachments: attachments.map((node) => encodeNode(node).toString('base64')),
});

const restore = ({ sealed, attachments, ...rest }: StoredEnvelope): Envelope => ({
  ...rest,
  ciphertexts: sealed.map(({ attrs, bytes }) => ({ attrs, bytes: Buffer.from(bytes, 'base64') })),
  attachments: attachments.map((node) => decodeNode(Buffer.from(node, 'base64'), maxStoredNodeBytes)),
});
