import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { BinaryNode } from '../transport/wire.js';
import type { KeyBundle } from './mail.js';

/** The last step of pairing by code. Must be answered with exactly one of `accept` and `refuse`. */
export type FinishRequest = { readonly request: BinaryNode; accept(): void; refuse(): void };

/** A connected client that is waiting to be linked. */
export interface PairingAttempt {
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  readonly platform: string;
  /** Sends pair-success. Resolves with the answer; rejects if the client disconnects first. */
  offerDevice(content: readonly BinaryNode[]): Promise<BinaryNode>;
  /** Sends the phone's half of the code exchange. Resolves with the client's half. */
  greet(content: readonly BinaryNode[]): Promise<FinishRequest>;
  /** Closes the connection with 515; the client then logs in on a new one. */
  restart(): void;
}

/** The client's half of pairing by code, waiting for the phone. */
export type PairingCodeOffer = {
  readonly ref: Buffer;
  readonly wrappedEphemeral: Buffer;
  readonly attempt: PairingAttempt;
};

/** `expiresAt` is on the monotonic clock. */
type QrOffer = { readonly attempt: PairingAttempt; readonly expiresAt: number };

/** Matches clients that want to be linked with the phones that link them. Entries end with their connection. */
export class PairingRegistry {
  readonly #refs = new Map<string, QrOffer>();
  readonly #codes = new Map<string, PairingCodeOffer>();

  /** Issues QR references; each is valid for `lifetimeMs` longer than the one before. */
  issueRefs(attempt: PairingAttempt, count: number, lifetimeMs: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => {
      const ref = `2@${randomBytes(48).toString('base64url')}`;
      this.#refs.set(ref, { attempt, expiresAt: performance.now() + lifetimeMs * (index + 1) });
      return ref;
    });
  }

  /** The client that shows a QR code. Throws if the code is unknown or expired. */
  claim(ref: string): PairingAttempt {
    const offer = this.#refs.get(ref);
    if (!offer) throw new SandboxError('not_found', 'no connected client shows this QR code');
    if (offer.expiresAt < performance.now()) throw new SandboxError('pairing_expired', 'this QR code has expired');
    return offer.attempt;
  }

  /** Replaces earlier offers for the same number or by the same client. */
  offerCode(number: string, wrappedEphemeral: Buffer, attempt: PairingAttempt): Buffer {
    this.#withdrawCodes(attempt);
    const ref = randomBytes(16);
    this.#codes.set(number, { ref, wrappedEphemeral, attempt });
    return ref;
  }

  codeFor(number: string): PairingCodeOffer {
    const offer = this.#codes.get(number);
    if (!offer) throw new SandboxError('not_found', `no client has requested a pairing code for ${number}`);
    return offer;
  }

  /** Removes all offers of an attempt. */
  withdraw(attempt: PairingAttempt): void {
    for (const [ref, offer] of this.#refs) if (offer.attempt === attempt) this.#refs.delete(ref);
    this.#withdrawCodes(attempt);
  }

  #withdrawCodes(attempt: PairingAttempt): void {
    for (const [number, offer] of this.#codes) if (offer.attempt === attempt) this.#codes.delete(number);
  }
}
