/**
 * Remembers values by key, those of the newest `capacity` keys at least and of twice as many at most: forgetting them in one go is
 * far cheaper than one at a time, since a map has to step over all that was deleted from its front.
 */
export class Memory<V> {
  #recent = new Map<string, V>();
  #older: ReadonlyMap<string, V> = this.#recent;

  constructor(private readonly capacity: number) {}

  get(key: string): V | undefined {
    return this.#recent.get(key) ?? this.#older.get(key);
  }

  set(key: string, value: V): void {
    this.#recent.set(key, value);
    if (this.#recent.size < this.capacity) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}
