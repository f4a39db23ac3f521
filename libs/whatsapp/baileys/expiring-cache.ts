/** A bounded cache with the interface that Baileys expects. An empty one costs nothing: no timer and no reserved memory. */
export class ExpiringCache {
  private readonly entries = new Map<string, { readonly value: unknown; readonly expiresAt: number }>();

  constructor(
    private readonly lifetimeMs: number,
    private readonly maxEntries: number,
  ) {}

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the interface of Baileys
  get<T>(key: string): T | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > performance.now()) return entry.value as T;
    this.entries.delete(key);
    return undefined;
  }

  /** Evicts the entry that was set longest ago where the cache is full. */
  set(key: string, value: unknown): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt: performance.now() + this.lifetimeMs });
    if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
  }

  del(key: string): void {
    this.entries.delete(key);
  }

  flushAll(): void {
    this.entries.clear();
  }
}
