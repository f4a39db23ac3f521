import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** Twice what is promised. */
const keyLifetimeMs = 48 * 60 * 60 * 1000;
const kind = 'idempotency';

/** A request to be done once: whose it is, the key that they chose, and what it asks for. */
export type KeyedRequest = { readonly owner: string; readonly key: string; readonly asks: unknown };

/** How something is created under an id that was chosen for it, and found again. */
export type Making<Made> = {
  /** After a crash it may be called again with the same id: must not create a second one. */
  readonly make: (id: string) => Promise<Made>;
  /** @throws {DomainError} `not_found` where it was not created, or is gone. */
  readonly find: (id: string) => Promise<Made>;
};

type Reservation = { readonly id: string; readonly asks: string };

/**
 * Creates things once per idempotency key. The id is stored before anything is created under it: a later request with the same key, also
 * after a crash, continues with that id.
 */
@Injectable()
export class Idempotency {
  private readonly hash: KeyedHash;
  /** A second request with a key waits for the first. */
  private readonly byKey = keyedQueue();

  constructor(@Inject(VAULT) private readonly vault: Vault) {
    this.hash = keyedHash(vault.key, kind);
  }

  /**
   * `replayed`: an earlier request created it.
   * @throws {DomainError} `idempotency_key_reused`: the key was used for something else.
   */
  once<Made>(
    request: KeyedRequest,
    { make, find }: Making<Made>,
  ): Promise<{ readonly made: Made; readonly replayed: boolean }> {
    const name = this.hash.of(`${request.owner} ${request.key}`).toString('hex');
    return this.byKey.run(name, async () => {
      const { id, isNew } = await this.reserve(name, request);
      const earlier = isNew ? undefined : await unlessMissing(find(id));
      if (earlier !== undefined) return { made: earlier, replayed: true };
      return { made: await make(id), replayed: false };
    });
  }

  private async reserve(
    name: string,
    { asks }: KeyedRequest,
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const mine: Reservation = { id: newId(), asks: fingerprint(asks) };
    const expiresAt = new Date(Date.now() + keyLifetimeMs).toISOString();
    for (;;) {
      const known = await this.vault.secrets.get(kind, name);
      if (known) {
        const { id, asks } = JSON.parse(known.bytes.toString()) as Reservation;
        if (asks === mine.asks) return { id, isNew: false };
        throw new DomainError(
          'conflict',
          'idempotency_key_reused',
          'This Idempotency-Key was used for another request',
        );
      }
      if (await this.vault.secrets.add(kind, name, Buffer.from(JSON.stringify(mine)), expiresAt)) {
        return { id: mine.id, isNew: true };
      }
    }
  }
}

/** The same for the same content, whatever the order of its fields. */
const fingerprint = (asks: unknown): string =>
  createHash('sha256')
    .update(stringify(asks) ?? '')
    .digest('base64url');

const unlessMissing = async <Found>(finding: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
    throw error;
  }
};
