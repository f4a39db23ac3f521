import { passedOver, type EventStore } from '#lib/event-store';
import { OperatorError } from '#lib/operator-error';
import type { Secrets } from '#lib/vault';
import { logPlaces } from './data-files.js';

/** The log is missing, or is that of another installation. */
class AnotherLog extends OperatorError {
  override readonly name = 'AnotherLog';
}

const kind = 'log';
const name = 'first-event';

/**
 * Makes sure that secrets stand beside the log that they were made for, which is recognized by its first event. Secrets of a log that had
 * no event yet accept any.
 * @throws {AnotherLog}
 */
export const assertSameLog = async (secrets: Secrets, events: EventStore): Promise<void> => {
  const first = await firstEventId(events);
  if (first === passedOver) return; // it was damaged, so that it recognizes no log
  const known = (await secrets.get(kind, name))?.bytes.toString();
  if (known === undefined) {
    if (first !== undefined) await secrets.put(kind, name, Buffer.from(first));
  } else if (first === undefined) {
    throw new AnotherLog(
      `The log (${logPlaces}) is missing or empty, but its secrets (secrets.db) are there. Put it back`,
    );
  } else if (first !== known) {
    throw new AnotherLog(`The secrets (secrets.db) belong to another log than the one that is there (${logPlaces})`);
  }
};

const firstEventId = async (events: EventStore): Promise<string | undefined> => {
  for await (const { id, type } of events.readAll({ limit: 1 })) return type === passedOver ? passedOver : id;
  return undefined;
};
