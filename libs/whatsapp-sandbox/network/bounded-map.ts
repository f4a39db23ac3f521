/**
 * A map that keeps at least the `capacity` most recent keys, and at most twice as many. It drops old keys in bulk, which is much
 * cheaper than one at a time: a Map has to skip the deleted entries at its front.
 */
export class BoundedMap<V> {
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
