import { z } from 'zod';
import { DomainError, event, eventTypes, type Actor } from '#lib/event-sourcing';
import { CorruptEvent, NoEventAtPosition, type Damage, type EventStore, type NewEvent } from '#lib/event-store';
import { newId } from '#lib/ids';

/** What was done about damaged events of the log. */
export const logRepairEvents = eventTypes('log', {
  CorruptEventPassedOver: event(
    z.object({
      /** Of the damaged event among all events. */
      position: z.int(),
      problem: z.string(),
      /** Why it was passed over, in the words of whoever decided it. */
      reason: z.string(),
      passedOverAt: z.iso.datetime(),
    }),
  ),
});

/** Holds an event for each damaged one that is passed over. */
export const repairsStream = 'log-repairs';

/** Every read passes over the events that somebody decided to pass over. Comes before anything else is read. */
export const applyRepairs = async (events: EventStore): Promise<void> => {
  for await (const { data } of events.readStream(repairsStream)) {
    events.passOver((data as { readonly position: number }).position);
  }
};

/**
 * Does the same for what is decided from now on, here or by another process, until the signal is aborted. `passedOver` is called when that
 * lets reads go on which could not.
 * @throws {StoreUnavailable} start it again.
 */
export const followRepairs = async (
  events: EventStore,
  passedOver: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  for await (const page of events.subscribe({ stream: repairsStream, after: 0, signal, skippedTo: () => true })) {
    const met = new Set(events.damaged().map(({ position }) => position));
    const decided = page.events.map(({ data }) => (data as { readonly position: number }).position);
    for (const position of decided) events.passOver(position);
    if (decided.some((position) => met.has(position))) await passedOver();
  }
};

export type Repair = { readonly position: number; readonly reason: string; readonly actor: Actor };

/**
 * Lets every read pass over a damaged event, now and after each start, and records who decided that, and why.
 * @throws {DomainError} `event_not_corrupt`
 */
export const passOver = async (events: EventStore, { position, reason, actor }: Repair): Promise<void> => {
  const damage = await damageAt(events, position);
  if (!damage) {
    throw new DomainError(
      'refused',
      'event_not_corrupt',
      `Event ${position} is not corrupt, or is passed over already`,
    );
  }
  const at = new Date().toISOString();
  const id = newId();
  const passedOver: NewEvent = {
    id,
    type: 'CorruptEventPassedOver',
    data: { ...damage, reason, passedOverAt: at },
    metadata: { correlationId: id, causationId: id, actor, schemaVersion: 1 },
  };
  await events.append({ stream: repairsStream, expected: 'any', events: [passedOver] });
  events.passOver(position);
};

const damageAt = async (events: EventStore, position: number): Promise<Damage | undefined> => {
  try {
    for await (const _intact of events.readAll({ from: position, limit: 1 })) return undefined;
    return undefined;
  } catch (error) {
    if (error instanceof CorruptEvent && error.position === position) return { position, problem: error.problem };
    if (error instanceof NoEventAtPosition) return undefined;
    throw error;
  }
};
