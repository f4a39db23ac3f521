import type { EventStore, NewEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import type { RestoredFrom } from './restoration.contract.js';
import { restorationDecider, restorationId } from './restoration.decider.js';

/**
 * Records in the log of a copy that it is one, before a service runs on it. From then on, it neither connects nor sends until an admin says
 * so. @throws {StoreUnavailable}
 */
export const markRestored = async (events: EventStore, data: RestoredFrom): Promise<void> => {
  const id = newId();
  const actor = { kind: 'system', id: 'operator' } as const;
  const restored: NewEvent = {
    id,
    type: 'ServiceRestored',
    data,
    metadata: { correlationId: id, causationId: id, actor, schemaVersion: 1 },
  };
  const stream = `${restorationDecider.events.category}-${restorationId}`;
  await events.append({ stream, expected: 'any', events: [restored] });
};
