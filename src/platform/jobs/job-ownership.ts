import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { Stores } from '../stores.js';
import { STORES } from '../tokens.js';

const checkIntervalMs = 5000;

/**
 * Jobs belong to the process with the sessions, which owns the stores: nobody else runs them. One that was given up because it gave no sign
 * of life may wake up when another has taken its place.
 */
@Injectable()
export class JobOwnership {
  constructor(@Inject(STORES) private readonly stores: { readonly database?: Pick<Database, 'isOwned'> }) {}

  /** @throws {Transient} another process has taken this one's place. @throws the database's error while that cannot be told. */
  async assertKept(): Promise<void> {
    if ((await this.stores.database?.isOwned()) === false)
      throw new Transient('Another process has taken the place of this one');
  }

  /** Does it with a signal that is aborted with the given one, and when another process has taken this one's place. */
  async whileKept<Result>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { database } = this.stores;
    if (!database) return work(signal);
    const lost = new AbortController();
    const check = async (): Promise<void> => {
      if (!(await database.isOwned())) lost.abort();
    };
    // While that cannot be told, the work meets the same trouble.
    const checking = setInterval(() => void check().catch(() => {}), checkIntervalMs).unref();
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(checking);
    }
  }
}

type Database = NonNullable<Stores['database']>;
