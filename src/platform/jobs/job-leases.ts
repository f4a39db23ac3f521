import { Inject, Injectable } from '@nestjs/common';
import type { Stores } from '../stores.js';
import { STORES } from '../tokens.js';

const checkIntervalMs = 5000;

/** Where several processes share a database, one of them at a time works on a job. Files belong to one process anyhow. */
@Injectable()
export class JobLeases {
  constructor(@Inject(STORES) private readonly stores: { readonly database?: Pick<Database, 'tryOwn'> }) {}

  /**
   * Does it unless another process works on that job. The signal that it is given is aborted with the given one, and when the lease is lost.
   * @throws what it throws, or the database while it is away.
   */
  async alone(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { database } = this.stores;
    if (!database) return work(signal);
    const lease = await database.tryOwn(`job ${name}`);
    if (!lease) return;
    const lost = new AbortController();
    const checking = setInterval(() => void lease.assertHeld().catch(() => lost.abort()), checkIntervalMs).unref();
    try {
      await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(checking);
      await lease.release();
    }
  }
}

type Database = NonNullable<Stores['database']>;
