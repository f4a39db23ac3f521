import type { StoredEvent } from '../port.js';
import type { TextAppend, TextEvent } from './input.js';
import { eventFrom } from './row.js';

/** So many events are kept at the most, and so many characters of them. */
const mostEvents = 4096;
const mostText = 4 * 1024 * 1024;

type Kept = {
  readonly stream: string;
  readonly revision: number;
  readonly text: TextEvent;
  readonly recordedAt: number;
  event?: StoredEvent;
};

/** The last events that were committed, so that those who follow the log need not read again what has just been written. */
export class RecentEvents {
  private readonly kept = new Map<number, Kept>();
  private text = 0;

  /** Takes note of an append that was stored: the last of its events stands at `position` and has `revision`. */
  add({ stream, events }: TextAppend, position: number, revision: number, recordedAt: number): void {
    for (const [index, text] of events.entries()) {
      const back = events.length - 1 - index;
      this.kept.set(position - back, { stream, revision: revision - back, text, recordedAt });
      this.text += lengthOf(text);
    }
    for (const [oldest, { text }] of this.kept) {
      if (this.kept.size <= mostEvents && this.text <= mostText) return;
      this.kept.delete(oldest);
      this.text -= lengthOf(text);
    }
  }

  /** The events at these positions; undefined where they are not all here. */
  at(positions: readonly number[]): readonly StoredEvent[] | undefined {
    const events: StoredEvent[] = [];
    for (const position of positions) {
      const kept = this.kept.get(position);
      if (!kept) return undefined;
      events.push((kept.event ??= eventAt(position, kept)));
    }
    return events;
  }
}

const lengthOf = ([, , data, metadata]: TextEvent): number => data.length + metadata.length;

const eventAt = (position: number, { stream, revision, text, recordedAt }: Kept): StoredEvent => {
  const [id, type, data, metadata] = text;
  return eventFrom({ position, stream, revision, type, id, data, metadata, recordedAt });
};
