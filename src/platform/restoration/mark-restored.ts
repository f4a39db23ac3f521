import { eventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import { commandHandler } from '../bus/command-handler.js';
import { CommandContext } from '../command-context.js';
import { CachedStreams } from '../streams/cached-streams.js';
import type { RestorationState, RestoredFrom } from './restoration.contract.js';
import { restorationDecider, restorationId } from './restoration.decider.js';

/**
 * Records in the log of a copy that it is one, before a service runs on it. From then on, it neither connects nor sends until an admin says
 * so. Once for the same backup, however often it is called. @throws {StoreUnavailable}
 */
export const markRestored = async (events: EventStore, data: RestoredFrom): Promise<void> => {
  const handle = commandHandler(restorationDecider, streamsOf(events));
  await handle({ type: 'RecordServiceRestored', data }, CommandContext.new({ kind: 'system', id: 'operator' }));
};

/** What a log says of the restorations of it. @throws {StoreUnavailable | CorruptEvent} */
export const restorationIn = async (events: EventStore): Promise<RestorationState> => {
  const { state } = await streamsOf(events).load(`${restorationDecider.events.category}-${restorationId}`);
  return state as RestorationState;
};

const streamsOf = (events: EventStore): CachedStreams =>
  new CachedStreams(restorationDecider, events, eventCodec([restorationDecider.events]));
