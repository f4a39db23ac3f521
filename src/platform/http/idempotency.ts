import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { stringify } from 'safe-stable-stringify';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** How long a key is known after something was created with it, at least. */
const promisedLifetimeMs = 24 * 60 * 60 * 1000;
/** Twice that, so that not every request with the key renews it. */
const keyLifetimeMs = 2 * promisedLifetimeMs;
const kind = 'idempotency';

/** A request to be done once: whose it is, the key that they chose, and what it asks for. */
export type KeyedRequest = { readonly owner: string; readonly key: string; readonly asks: unknown };

/** How something is created under an id that was chosen for it, and what was answered then. */
export type Making<Made> = {
  /** After a crash it may be called again with the same id: must not create a second one. */
  readonly make: (id: string) => Promise<Made>;
  /**
   * What `make` answered when it created something under this id, whatever has become of it since; undefined where it created nothing.
   * Asked of the log, so that it depends neither on a view nor on the clock.
   */
  readonly first: (id: string) => Promise<Made | undefined>;
  /** Where `make` can be interrupted half-way: whether it created anything at all under this id. By default whether `first` answers anything. */
  readonly isBegun?: (id: string) => Promise<boolean>;
};

/**
 * `asks` is replaced by the next request where nothing was created: the id stays, so that there is one thing per key at the most. Whatever
 * creates it may do so later than the first request, and is promised the whole time from then on.
 */
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
   * `replayed`: an earlier request created it. A request that was refused does not use up its key.
   * @throws {DomainError} `idempotency_key_reused`: something else was created with the key.
   */
  once<Made>(
    request: KeyedRequest,
    making: Making<Made>,
  ): Promise<{ readonly made: Made; readonly replayed: boolean }> {
    const name = this.hash.of(`${request.owner} ${request.key}`).toString('hex');
    return this.byKey.run(name, async () => {
      const reserved = await this.reserve(name, fingerprint(request.asks), making);
      if ('earlier' in reserved) return { made: reserved.earlier, replayed: true };
      return { made: await making.make(reserved.id), replayed: false };
    });
  }

  private async reserve<Made>(
    name: string,
    asks: string,
    { first, isBegun }: Making<Made>,
  ): Promise<{ readonly id: string } | { readonly earlier: Made }> {
    const { secrets } = this.vault;
    const expiresAt = afterNow(keyLifetimeMs);
    const store = (reservation: Reservation) => Buffer.from(JSON.stringify(reservation));
    for (;;) {
      const known = await secrets.get(kind, name);
      if (!known) {
        const id = newId();
        if (await secrets.add(kind, name, store({ id, asks }), expiresAt)) return { id };
        continue;
      }
      const reservation = JSON.parse(known.bytes.toString()) as Reservation;
      const { id } = reservation;
      const earlier = await first(id);
      const isSame = reservation.asks === asks;
      if (isSame && earlier !== undefined) return { earlier };
      if (!isSame && (earlier !== undefined || (await isBegun?.(id)) === true)) {
        throw new DomainError(
          'conflict',
          'idempotency_key_reused',
          'This Idempotency-Key was used for another request',
        );
      }
      const lasts = known.expiresAt === null || known.expiresAt >= afterNow(promisedLifetimeMs);
      if (isSame && lasts) return { id };
      if (await secrets.replace(kind, name, known.revision, store({ id, asks }), expiresAt)) return { id };
    }
  }
}

const afterNow = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** The same for the same content, whatever the order of its fields. */
const fingerprint = (asks: unknown): string =>
  createHash('sha256')
    .update(stringify(asks) ?? '')
    .digest('base64url');
