import type { ExpectedRevision, NewEvent } from '#lib/event-store';

type Stored = { readonly stream: string; readonly revision: number; readonly id: string };
export type ModelAnswer =
  { readonly revision: number; readonly position: number } | { readonly actual: number | 'no_stream' };

/** The expected behaviour of an event store, with a list. */
export class ModelStore {
  readonly log: Stored[] = [];

  append(stream: string, expected: ExpectedRevision, events: readonly Pick<NewEvent, 'id'>[]): ModelAnswer {
    const existing = this.ofStream(stream);
    const ids = events.map(({ id }) => id);
    const conflict: ModelAnswer = { actual: existing.length === 0 ? 'no_stream' : existing.length - 1 };
    const storedAt = (place: number): ModelAnswer | undefined =>
      ids.every((id, index) => existing[place + index]?.id === id)
        ? this.answer(stream, place + ids.length - 1)
        : undefined;

    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && existing.length === 0) return conflict;
      const first = existing.findIndex(({ id }) => id === ids[0]);
      if (first >= 0) return storedAt(first) ?? conflict;
      return existing.some(({ id }) => ids.includes(id)) ? conflict : this.store(stream, ids);
    }
    const place = expected === 'no_stream' ? 0 : expected + 1;
    if (place === existing.length) return this.store(stream, ids);
    return place < existing.length ? (storedAt(place) ?? conflict) : conflict;
  }

  ofStream(stream: string): readonly Stored[] {
    return this.log.filter((event) => event.stream === stream);
  }

  private store(stream: string, ids: readonly string[]): ModelAnswer {
    const first = this.ofStream(stream).length;
    this.log.push(...ids.map((id, index) => ({ stream, revision: first + index, id })));
    return this.answer(stream, first + ids.length - 1);
  }

  private answer(stream: string, revision: number): ModelAnswer {
    const index = this.log.findIndex((event) => event.stream === stream && event.revision === revision);
    return { revision, position: index + 1 };
  }
}
