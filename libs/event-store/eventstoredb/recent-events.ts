import type { Decoded } from './decoder.js';
import type { Limits } from './limits.js';

type Kept = { readonly decoded: Decoded; readonly characters: number };

/** The newest events of the log, bounded in number and in size. The newest one of all is kept however large it is. */
export class RecentEvents {
  private events: Kept[] = [];
  private characters = 0;

  /** `startsAfter`: all events after this position are kept, or still to come. */
  constructor(
    private readonly limits: Pick<Limits, 'maxRecentEvents' | 'maxRecentCharacters'>,
    private startsAfter: number,
  ) {}

  /** Adds an event that comes after the others. */
  add(decoded: Decoded): void {
    const { data, metadata } = decoded.event;
    const characters = JSON.stringify([data, metadata]).length;
    this.events.push({ decoded, characters });
    this.characters += characters;
    const { maxRecentEvents, maxRecentCharacters } = this.limits;
    // Half of them at once, since an array is copied each time.
    if (this.events.length > maxRecentEvents * 2) this.drop(this.events.length - maxRecentEvents);
    if (this.characters > maxRecentCharacters) this.drop(this.countOver(maxRecentCharacters / 2));
  }

  /** Whether all events after a position are kept, or still to come. */
  covers(after: number): boolean {
    return after >= this.startsAfter;
  }

  /** The events after a position. */
  *after(position: number): Generator<Decoded, void, undefined> {
    for (let index = this.firstAfter(position); index < this.events.length; index += 1)
      yield (this.events[index] as Kept).decoded;
  }

  /** How many of the oldest are to go so that the others have no more characters than these. */
  private countOver(characters: number): number {
    let left = this.characters;
    let count = 0;
    while (left > characters && count < this.events.length - 1) left -= this.events[count++]?.characters ?? 0;
    return count;
  }

  private drop(count: number): void {
    const dropped = this.events.slice(0, count);
    this.startsAfter = dropped.at(-1)?.decoded.event.position ?? this.startsAfter;
    this.events = this.events.slice(count);
    for (const { characters } of dropped) this.characters -= characters;
  }

  private firstAfter(position: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle] as Kept).decoded.event.position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
