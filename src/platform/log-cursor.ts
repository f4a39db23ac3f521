import { DomainError } from '#lib/event-sourcing';
import { CorruptEvent, NoEventAtPosition, type EventStore } from '#lib/event-store';

/**
 * Makes sure that the log can be read on after a position that a caller gives. On a server, where positions have gaps, one of another log is
 * mostly none.
 * @throws {DomainError} `cursor_unknown`: the log has no event there, and never will. @throws {StoreUnavailable}
 */
export const checkCursor = async (events: EventStore, position: number): Promise<void> => {
  if (position === 0 || events.capabilities.gapless) return;
  try {
    for await (const _event of events.readAll({ from: position, limit: 1 })) return;
  } catch (error) {
    if (error instanceof CorruptEvent) return; // told to those who read it
    if (!(error instanceof NoEventAtPosition)) throw error;
    throw new DomainError('conflict', 'cursor_unknown', detail);
  }
};

const detail = 'The log has no event at that place, which is one of another log: begin anew';

/** The refusal, for the OpenAPI document. */
export const cursorUnknown = { status: 409, code: 'cursor_unknown', detail };
