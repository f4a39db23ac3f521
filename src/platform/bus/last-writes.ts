import { LRUCache } from 'lru-cache';
import type { Actor } from '#lib/event-sourcing';
import type { ProcessCalls } from '#lib/process-calls';
import { upTo } from '../growing-cache.js';

const topic = 'last writes';

type Write = { readonly by: string; readonly position: number };

/** Where each caller's last write stands, for as long as a view may still be behind it: also what they wrote by way of other processes. */
export class LastWrites {
  private readonly positions = new LRUCache<string, number>({ ...upTo(100_000), ttl: 60_000 });

  constructor(private readonly calls: ProcessCalls) {
    calls.listen(topic, ({ by, position }: Write) => this.keep(by, position));
  }

  note(actor: Actor, position: number): void {
    const by = keyOf(actor);
    if (position <= (this.positions.get(by) ?? 0)) return;
    if (actor.kind === 'system') this.keep(by, position);
    else this.calls.tell(topic, { by, position } satisfies Write);
  }

  /** 0 where nothing is known. */
  of(actor: Actor): number {
    return this.positions.get(keyOf(actor)) ?? 0;
  }

  private keep(by: string, position: number): void {
    if (position > (this.positions.get(by) ?? 0)) this.positions.set(by, position);
  }
}

const keyOf = ({ kind, id }: Actor): string => `${kind}:${id}`;
