/** What is due next, in the order in which it is. Times in milliseconds of whatever clock the caller reads. */
export class DueList {
  private readonly times = new Map<string, number>();
  private heap: { readonly key: string; readonly at: number }[] = [];

  get size(): number {
    return this.times.size;
  }

  /** A later call for a key replaces the time before. */
  set(key: string, at: number): void {
    if (this.times.get(key) === at) return;
    this.times.set(key, at);
    this.push({ key, at });
  }

  has(key: string): boolean {
    return this.times.has(key);
  }

  delete(key: string): void {
    this.times.delete(key);
  }

  /** When the first one is due. */
  next(): number | undefined {
    return this.first()?.at;
  }

  /** Takes the first one, where it is due by that time. */
  take(now: number): string | undefined {
    const first = this.first();
    if (!first || first.at > now) return undefined;
    this.pop();
    this.times.delete(first.key);
    return first.key;
  }

  /** Entries that were replaced or deleted stay in the heap until they come first. */
  private first(): { readonly key: string; readonly at: number } | undefined {
    for (let first = this.heap[0]; first; first = this.heap[0]) {
      if (this.times.get(first.key) === first.at) return first;
      this.pop();
    }
    return undefined;
  }

  private push(entry: { readonly key: string; readonly at: number }): void {
    const { heap } = this;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= last.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
