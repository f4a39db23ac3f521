import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { BinaryNode } from '../transport/wire.js';
import type { KeyBundle } from './mail.js';

/** The last step of pairing by code, as the client asked for it. Answer with exactly one of the two. */
export type FinishRequest = { readonly request: BinaryNode; accept(): void; refuse(): void };

/** A client that is connected, not linked, and waiting for a phone. */
export interface PairingAttempt {
  readonly noiseKey: Buffer;
  readonly identityKey: Buffer;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  readonly platform: string;
  /** Tells the client that it is linked. Resolves with its answer, rejects when it goes away first. */
  offerDevice(content: readonly BinaryNode[]): Promise<BinaryNode>;
  /** The phone's half of the code exchange. Resolves with the client's. */
  greet(content: readonly BinaryNode[]): Promise<FinishRequest>;
  /** Ends this connection; the client is expected to log in on another one. */
  restart(): void;
}

/** The client's half of pairing by code, waiting for a phone of that number. */
export type CodeOffer = { readonly ref: Buffer; readonly wrappedEphemeral: Buffer; readonly attempt: PairingAttempt };

type QrOffer = { readonly attempt: PairingAttempt; readonly expiresAt: number };

/** Brings clients that want to be linked together with the phones that link them. Nothing here outlives a connection. */
export class PairingDesk {
  readonly #refs = new Map<string, QrOffer>();
  readonly #codes = new Map<string, CodeOffer>();

  /** Makes references for QR codes; each lives for `lifetimeMs` after the one before it has ended. */
  issueRefs(attempt: PairingAttempt, count: number, lifetimeMs: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => {
      const ref = `2@${randomBytes(48).toString('base64url')}`;
      this.#refs.set(ref, { attempt, expiresAt: Date.now() + lifetimeMs * (index + 1) });
      return ref;
    });
  }

  /** The client behind a QR code. Throws when the code is unknown or too old. */
  claim(ref: string): PairingAttempt {
    const offer = this.#refs.get(ref);
    if (!offer) throw new SandboxError('not_found', 'no client shows this QR code');
    if (offer.expiresAt < Date.now()) throw new SandboxError('pairing_expired', 'this QR code has expired');
    return offer.attempt;
  }

  /** A newer request for the same number, or by the same client, replaces the older one. */
  offerCode(number: string, wrappedEphemeral: Buffer, attempt: PairingAttempt): Buffer {
    this.#withdrawCodes(attempt);
    const ref = randomBytes(16);
    this.#codes.set(number, { ref, wrappedEphemeral, attempt });
    return ref;
  }

  codeFor(number: string): CodeOffer {
    const offer = this.#codes.get(number);
    if (!offer) throw new SandboxError('not_found', `no client has asked for a pairing code for ${number}`);
    return offer;
  }

  /** The attempt is over, one way or the other. */
  withdraw(attempt: PairingAttempt): void {
    for (const [ref, offer] of this.#refs) if (offer.attempt === attempt) this.#refs.delete(ref);
    this.#withdrawCodes(attempt);
  }

  #withdrawCodes(attempt: PairingAttempt): void {
    for (const [number, offer] of this.#codes) if (offer.attempt === attempt) this.#codes.delete(number);
  }
}
