import { charactersOf } from '#lib/json';

type Of = { readonly event: { readonly position: number; readonly data: unknown; readonly metadata: unknown } };
type Kept<One extends Of> = { readonly one: One; readonly characters: number };

export type NewestEventsLimits = { readonly maxRecentEvents: number; readonly maxRecentCharacters: number };

/** The newest events of the log, bounded in number (up to twice that) and in size. The newest one of all is kept however large it is. */
export class NewestEvents<One extends Of> {
  private events: Kept<One>[] = [];
  private characters = 0;

  /** `startsAfter`: all events after this position are kept, or still to come. */
  constructor(
    private readonly limits: NewestEventsLimits,
    private startsAfter: number,
  ) {}

  /** Adds an event that comes after the others. */
  add(one: One): void {
    const characters = charactersOf(one.event.data) + charactersOf(one.event.metadata);
    this.events.push({ one, characters });
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
  *after(position: number): Generator<One, void, undefined> {
    for (let index = this.firstAfter(position); index < this.events.length; index += 1)
      yield (this.events[index] as Kept<One>).one;
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
    this.startsAfter = dropped.at(-1)?.one.event.position ?? this.startsAfter;
    this.events = this.events.slice(count);
    for (const { characters } of dropped) this.characters -= characters;
  }

  private firstAfter(position: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle] as Kept<One>).one.event.position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
