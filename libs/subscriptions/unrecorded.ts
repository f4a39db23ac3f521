import type { EventStore } from '#lib/event-store';

/** How many events without a handler may pass before the checkpoint is recorded: reading them again does no harm. */
const maxUnrecordedEvents = 1000;
/** What an event takes in a log whose positions are byte offsets, about. */
const eventBytes = 1000;

/** The same as a distance between positions. */
export const maxUnrecorded = ({ capabilities }: Pick<EventStore, 'capabilities'>): number =>
  capabilities.gapless ? maxUnrecordedEvents : maxUnrecordedEvents * eventBytes;
