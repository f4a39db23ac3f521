import { proto } from '../transport/wire.js';

export type AppStateSnapshot = { readonly [collection: string]: readonly string[] };

const COLLECTIONS: readonly string[] = [
  'critical_block',
  'critical_unblock_low',
  'regular',
  'regular_high',
  'regular_low',
];
/** Of one collection; clients write one for each thing that their owner changes. */
const MOST_PATCHES = 10_000;

/** The collections of settings that an account's devices share, as a list of opaque patches each. */
export class AppState {
  readonly #collections = new Map<string, Buffer[]>();

  constructor(snapshot: AppStateSnapshot = {}) {
    for (const [name, patches] of Object.entries(snapshot)) {
      this.#collections.set(
        name,
        patches.map((patch) => Buffer.from(patch, 'base64')),
      );
    }
  }

  static knows = (collection: string): boolean => COLLECTIONS.includes(collection);

  version(collection: string): number {
    return this.#collections.get(collection)?.length ?? 0;
  }

  /** The patches that lead from that version to the newest. */
  since(collection: string, version: number): readonly Buffer[] {
    return this.#collections.get(collection)?.slice(version) ?? [];
  }

  /** Adds a patch made on top of `version`; false when others were faster, or there is no room for it. */
  append(collection: string, version: number, patch: proto.SyncdPatch): boolean {
    if (version !== this.version(collection) || version >= MOST_PATCHES) return false;
    const versioned = { ...patch, version: { version: version + 1 } };
    const patches = this.#collections.get(collection) ?? [];
    patches.push(Buffer.from(proto.SyncdPatch.encode(versioned).finish()));
    this.#collections.set(collection, patches);
    return true;
  }

  snapshot(): AppStateSnapshot {
    return Object.fromEntries(
      [...this.#collections].map(([name, patches]) => [name, patches.map((patch) => patch.toString('base64'))]),
    );
  }
}
