import type { EventStore } from '#lib/event-store';
import type { Lag } from './subscription.js';

/** How far a position is behind the log. */
export const lagOf = async (store: EventStore, position: number): Promise<Lag> => {
  const distance = (await store.head()) - position;
  if (distance <= 0) return { events: 0, seconds: 0 };
  for await (const event of store.readAll({ from: position, limit: 2 })) {
    if (event.position <= position) continue;
    const seconds = Math.max(0, (Date.now() - Date.parse(event.recordedAt)) / 1000);
    return { events: store.capabilities.gapless ? distance : null, seconds };
  }
  return { events: 0, seconds: 0 };
};
