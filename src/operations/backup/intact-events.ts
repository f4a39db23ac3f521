import { CorruptEvent, passedOver, type EventStore, type StoredEvent } from '#lib/event-store';
import { restorationIn } from '../../platform/restoration/mark-restored.js';

/**
 * The id of the first event that is neither damaged nor stands in the place of a damaged one: it identifies a log, and is the same in its copies.
 * Undefined where there is none. @throws {StoreUnavailable}
 */
export const logIdOf = async (log: EventStore): Promise<string | undefined> => {
  const head = await log.head();
  let after = 0;
  while (after < head) {
    try {
      // Unlike a read, it can begin after a damaged event where positions have gaps.
      for await (const { events, position } of log.subscribe({ after, pageSize: 1 })) {
        const first = events.find(isIntact);
        if (first) return first.id;
        if (position >= head) break;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
      after = error.position;
    }
  }
  return undefined;
};

/**
 * The last event that is neither damaged nor recorded by a restoration, so that it is the same when a restore is run again. For a log that only this
 * command has open: damaged events at its end are passed over from now on. @throws {StoreUnavailable}
 */
export const lastBeforeRestore = async (log: EventStore): Promise<StoredEvent | undefined> => {
  for (;;) {
    try {
      for await (const event of log.readAll({ direction: 'backwards' }))
        if (isIntact(event) && !recordedByRestore.has(event.type)) return event;
      return undefined;
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
      log.passOver(error.position);
    }
  }
};

/** When a log was restored, the last time; null where it never was, or where damage hides it. @throws {StoreUnavailable} */
export const restoredAtOf = async (log: EventStore): Promise<string | null> => {
  try {
    const state = await restorationIn(log);
    return state.status === 'original' ? null : state.restoredAt;
  } catch (error) {
    if (error instanceof CorruptEvent) return null;
    throw error;
  }
};

const recordedByRestore: ReadonlySet<string> = new Set(['ServiceRestored', 'BackupLeft']);

const isIntact = ({ type }: StoredEvent): boolean => type !== passedOver;
