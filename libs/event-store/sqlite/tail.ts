/** What is needed to find an event. */
export type EventLocation = {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly id: string;
};

/** The last events of the log, which are not indexed yet: all positions after `start`, up to `head`. */
export class Tail {
  private readonly locations: EventLocation[] = [];
  private readonly streams = new Map<string, EventLocation[]>();
  private readonly ids = new Set<string>();

  constructor(
    readonly start: number,
    locations: readonly EventLocation[] = [],
  ) {
    for (const location of locations) this.add(location);
  }

  get head(): number {
    return this.start + this.locations.length;
  }

  /** Adds the event at `head + 1`. */
  add(location: EventLocation): void {
    this.locations.push(location);
    this.ids.add(location.id);
    const stream = this.streams.get(location.stream);
    if (stream) stream.push(location);
    else this.streams.set(location.stream, [location]);
  }

  /** The tail after a position. */
  after(position: number): Tail {
    return new Tail(position, this.locations.slice(position - this.start));
  }

  /** The locations from `from` up to `to`, inclusive. */
  between(from: number, to: number): readonly EventLocation[] {
    return this.locations.slice(Math.max(0, from - this.start - 1), Math.max(0, to - this.start));
  }

  /** Whether one of the events from `from` up to `to`, inclusive, is such. */
  some(from: number, to: number, matches: (event: EventLocation) => boolean): boolean {
    const last = Math.min(this.head, to);
    for (let position = Math.max(this.start + 1, from); position <= last; position += 1) {
      if (matches(this.locations[position - this.start - 1] as EventLocation)) return true;
    }
    return false;
  }

  /** The events of one stream, in order. */
  ofStream(stream: string): readonly EventLocation[] {
    return this.streams.get(stream) ?? [];
  }

  /** The events with an id in one stream. */
  withId(stream: string, id: string): readonly EventLocation[] {
    return this.ids.has(id) ? this.ofStream(stream).filter((location) => location.id === id) : [];
  }

  /** The last event of every stream in the tail. */
  *lastOfStreams(): Iterable<EventLocation> {
    for (const locations of this.streams.values()) yield locations.at(-1) as EventLocation;
  }
}
