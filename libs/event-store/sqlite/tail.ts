/** What finding an event needs to know of it. */
export type Place = {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly id: string;
};

/** The places of the last events of the log, which the index tables do not have yet: all positions after `start`, up to `head`. */
export class Tail {
  private readonly places: Place[] = [];
  private readonly streams = new Map<string, Place[]>();
  private readonly ids = new Set<string>();

  constructor(
    readonly start: number,
    places: readonly Place[] = [],
  ) {
    for (const place of places) this.add(place);
  }

  get head(): number {
    return this.start + this.places.length;
  }

  /** Adds the event at `head + 1`. */
  add(place: Place): void {
    this.places.push(place);
    this.ids.add(place.id);
    const stream = this.streams.get(place.stream);
    if (stream) stream.push(place);
    else this.streams.set(place.stream, [place]);
  }

  /** The tail that begins after a position. */
  after(position: number): Tail {
    return new Tail(position, this.places.slice(position - this.start));
  }

  /** The places at `from` and on, at most up to `to`. */
  between(from: number, to: number): readonly Place[] {
    return this.places.slice(Math.max(0, from - this.start - 1), Math.max(0, to - this.start));
  }

  /** The places of one stream, in order. */
  ofStream(stream: string): readonly Place[] {
    return this.streams.get(stream) ?? [];
  }

  /** The places of an event id in one stream. */
  withId(stream: string, id: string): readonly Place[] {
    return this.ids.has(id) ? this.ofStream(stream).filter((place) => place.id === id) : [];
  }

  /** The last place of every stream that is in the tail. */
  *lastOfStreams(): Iterable<Place> {
    for (const places of this.streams.values()) yield places.at(-1) as Place;
  }
}
