import { proto } from '../transport/wire.js';

export type AppStateSnapshot = { readonly [collection: string]: readonly string[] };

const collectionNames: readonly string[] = [
  'critical_block',
  'critical_unblock_low',
  'regular',
  'regular_high',
  'regular_low',
];
/** Limit per collection. Clients write one patch per change. */
const maxPatchesPerCollection = 10_000;

/** The app state of an account: a list of opaque patches per collection. */
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

  static knows = (collection: string): boolean => collectionNames.includes(collection);

  version(collection: string): number {
    return this.#collections.get(collection)?.length ?? 0;
  }

  /** The patches after that version. */
  since(collection: string, version: number): readonly Buffer[] {
    return this.#collections.get(collection)?.slice(version) ?? [];
  }

  /** Appends a patch based on `version`. False on a version conflict or if the collection is full. */
  append(collection: string, version: number, patch: proto.SyncdPatch): boolean {
    if (version !== this.version(collection) || version >= maxPatchesPerCollection) return false;
    const versioned = { ...patch, version: { version: version + 1 } };
    const patches = this.#collections.get(collection) ?? [];
    patches.push(Buffer.from(proto.SyncdPatch.encode(versioned).finish()));
    this.#collections.set(collection, patches);
    return true;
  }

  /** All patches of a collection, in order. */
  patches(collection: string): readonly proto.SyncdPatch[] {
    return this.since(collection, 0).map((patch) => proto.SyncdPatch.decode(patch));
  }

  snapshot(): AppStateSnapshot {
    return Object.fromEntries(
      [...this.#collections].map(([name, patches]) => [name, patches.map((patch) => patch.toString('base64'))]),
    );
  }
}
