import { LRUCache } from 'lru-cache';
import type { Actor } from '#lib/event-sourcing';
import { upTo } from '../growing-cache.js';

/** Where each caller's last write stands, for as long as a view may still be behind it. */
export class LastWrites {
  private readonly positions = new LRUCache<string, number>({ ...upTo(100_000), ttl: 60_000 });

  note(actor: Actor, position: number): void {
    const key = keyOf(actor);
    if (position > (this.positions.get(key) ?? 0)) this.positions.set(key, position);
  }

  /** 0 where nothing is known. */
  of(actor: Actor): number {
    return this.positions.get(keyOf(actor)) ?? 0;
  }
}

const keyOf = ({ kind, id }: Actor): string => `${kind}:${id}`;
