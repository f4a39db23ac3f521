/** A small cache of the kind that Baileys takes. Costs nothing while it is empty: no timer, no room set aside. */
export class ExpiringCache {
  private readonly entries = new Map<string, { readonly value: unknown; readonly until: number }>();

  constructor(
    private readonly lifetimeMs: number,
    private readonly most: number,
  ) {}

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- so does Baileys ask for it
  get<T>(key: string): T | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.until > performance.now()) return entry.value as T;
    this.entries.delete(key);
    return undefined;
  }

  /** The one that was set longest ago goes where there is no room. */
  set(key: string, value: unknown): void {
    this.entries.delete(key);
    this.entries.set(key, { value, until: performance.now() + this.lifetimeMs });
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value!);
  }

  del(key: string): void {
    this.entries.delete(key);
  }

  flushAll(): void {
    this.entries.clear();
  }
}
