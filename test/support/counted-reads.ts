import type { EventStore } from '#lib/event-store';

/** A store that counts the events that are read of streams. A reading ends once `atEnd` has resolved. */
export const countingReads = (store: EventStore, atEnd: () => Promise<void> = async () => {}) => {
  const counted = { events: 0 };
  const counting = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'readStream') return Reflect.get(target, name) as unknown;
      return async function* (...asked: Parameters<EventStore['readStream']>) {
        for await (const event of target.readStream(...asked)) {
          counted.events += 1;
          yield event;
        }
        await atEnd();
      };
    },
  });
  return { store: counting, counted };
};
