import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** How long a key is remembered, in milliseconds: twice what is promised. */
const remembered = 48 * 60 * 60 * 1000;
const kind = 'idempotency';

/** A request that wants to be done once: whose it is, the key that they chose, and what it asks for. */
export type KeyedRequest = { readonly owner: string; readonly key: string; readonly asks: unknown };

/** How something is made under an id that was chosen for it, and found again. */
export type Making<Made> = {
  /** Called again with the same id after a crash, at the worst: must not make a second one. */
  readonly make: (id: string) => Promise<Made>;
  /** @throws {DomainError} `not_found` where it was not made, or is gone. */
  readonly find: (id: string) => Promise<Made>;
};

type Reservation = { readonly id: string; readonly asks: string };

/**
 * Makes things once for each idempotency key. The id of what is to be made is put down, durably, before it is made: whoever comes with
 * the same key, now or after a crash, goes on with that id.
 */
@Injectable()
export class Idempotency {
  private readonly hash: KeyedHash;
  /** What is under way here, so that a second request with a key waits for the first. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(@Inject(VAULT) private readonly vault: Vault) {
    this.hash = keyedHash(vault.key, kind);
  }

  /**
   * `replayed` tells that an earlier request made it.
   * @throws {DomainError} `idempotency_key_reused`: the key was used for something else.
   */
  async once<Made>(
    request: KeyedRequest,
    { make, find }: Making<Made>,
  ): Promise<{ readonly made: Made; readonly replayed: boolean }> {
    const name = this.hash.of(`${request.owner} ${request.key}`).toString('hex');
    return this.inTurn(name, async () => {
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
    const until = new Date(Date.now() + remembered).toISOString();
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
      if (await this.vault.secrets.add(kind, name, Buffer.from(JSON.stringify(mine)), until)) {
        return { id: mine.id, isNew: true };
      }
    }
  }

  private async inTurn<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.underWay.get(name);
    const mine = (before ?? Promise.resolve()).then(task, task);
    this.underWay.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.underWay.get(name) === mine) this.underWay.delete(name);
    }
  }
}

/** The same for the same content, whatever the order of its fields. */
const fingerprint = (asks: unknown): string =>
  createHash('sha256').update(JSON.stringify(asks, sortedKeys)).digest('base64url');

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const unlessMissing = async <Found>(finding: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
    throw error;
  }
};
