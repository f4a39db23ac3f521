import type { StoredEvent } from '../port.js';
import type { TextAppend, TextEvent } from './input.js';
import { eventFrom } from './row.js';

/** So many events are kept at the most, and so many characters of them. */
const mostEvents = 1024;
const mostText = 2 * 1024 * 1024;

type Kept = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly text: TextEvent;
  readonly recordedAt: number;
  event?: StoredEvent;
};

/** The last events that were committed, so that those who follow the log need not read again what has just been written. */
export class RecentEvents {
  /** Each position has its place: the one that was there before is `mostEvents` older. */
  private readonly places: (Kept | undefined)[] = Array.from({ length: mostEvents });
  private newest = 0;
  private oldest = 0;
  private text = 0;

  /** Takes note of an append that was stored: the last of its events stands at `position` and has `revision`. */
  add({ stream, events }: TextAppend, position: number, revision: number, recordedAt: number): void {
    let back = events.length;
    for (const text of events) {
      back -= 1;
      this.keep({ position: position - back, stream, revision: revision - back, text, recordedAt });
    }
    this.newest = position;
    this.oldest = Math.max(this.oldest, this.newest - mostEvents + 1);
    while (this.text > mostText) this.drop((this.oldest += 1) - 1);
  }

  /** The events at these positions; undefined where they are not all here. */
  at(positions: readonly number[]): readonly StoredEvent[] | undefined {
    const events: StoredEvent[] = [];
    for (const position of positions) {
      const kept = this.places[position % mostEvents];
      if (kept?.position !== position) return undefined;
      events.push((kept.event ??= eventAt(kept)));
    }
    return events;
  }

  private keep(kept: Kept): void {
    this.drop(kept.position - mostEvents);
    this.places[kept.position % mostEvents] = kept;
    this.text += lengthOf(kept.text);
  }

  private drop(position: number): void {
    const place = (position + mostEvents) % mostEvents;
    const kept = this.places[place];
    if (!kept) return;
    this.places[place] = undefined;
    this.text -= lengthOf(kept.text);
  }
}

const lengthOf = ([, , data, metadata]: TextEvent): number => data.length + metadata.length;

const eventAt = ({ position, stream, revision, text, recordedAt }: Kept): StoredEvent => {
  const [id, type, data, metadata] = text;
  return eventFrom({ position, stream, revision, type, id, data, metadata, recordedAt });
};
