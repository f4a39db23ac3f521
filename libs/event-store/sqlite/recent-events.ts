import type { StoredEvent } from '../port.js';
import type { SerializedAppend, SerializedEvent } from '../serialize.js';
import { eventFrom } from './row.js';

const maxEvents = 1024;
const maxCharacters = 2 * 1024 * 1024;

type RecentEvent = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly text: SerializedEvent;
  readonly recordedAt: number;
  event?: StoredEvent;
};

/** The last committed events, so that subscribers need not read from the file what was just written. */
export class RecentEvents {
  /** A ring: each position has a fixed slot. */
  private readonly slots: (RecentEvent | undefined)[] = Array.from({ length: maxEvents });
  private newest = 0;
  private oldest = 0;
  private characters = 0;

  /** Adds a stored append, whose last event has `position` and `revision`. */
  add({ stream, events }: SerializedAppend, position: number, revision: number, recordedAt: number): void {
    let distance = events.length;
    for (const text of events) {
      distance -= 1;
      this.keep({ position: position - distance, stream, revision: revision - distance, text, recordedAt });
    }
    this.newest = position;
    this.oldest = Math.max(this.oldest, this.newest - maxEvents + 1);
    while (this.characters > maxCharacters) this.drop((this.oldest += 1) - 1);
  }

  /** The events at these positions, or undefined if one of them is missing. */
  at(positions: readonly number[]): readonly StoredEvent[] | undefined {
    const events: StoredEvent[] = [];
    for (const position of positions) {
      const recent = this.slots[position % maxEvents];
      if (recent?.position !== position) return undefined;
      events.push((recent.event ??= eventAt(recent)));
    }
    return events;
  }

  private keep(recent: RecentEvent): void {
    this.drop(recent.position - maxEvents);
    this.slots[recent.position % maxEvents] = recent;
    this.characters += lengthOf(recent.text);
  }

  private drop(position: number): void {
    const slot = (position + maxEvents) % maxEvents;
    const recent = this.slots[slot];
    if (!recent) return;
    this.slots[slot] = undefined;
    this.characters -= lengthOf(recent.text);
  }
}

const lengthOf = ([, , data, metadata]: SerializedEvent): number => data.length + metadata.length;

const eventAt = ({ position, stream, revision, text, recordedAt }: RecentEvent): StoredEvent => {
  const [id, type, data, metadata] = text;
  return eventFrom({ position, stream, revision, type, id, data, metadata, recordedAt });
};
