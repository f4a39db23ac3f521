import { proto } from '../transport/wire.js';

export type AppStateSnapshot = { readonly [collection: string]: readonly string[] };

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

  version(collection: string): number {
    return this.#collections.get(collection)?.length ?? 0;
  }

  /** The patches that lead from that version to the newest. */
  since(collection: string, version: number): readonly Buffer[] {
    return this.#collections.get(collection)?.slice(version) ?? [];
  }

  /** Adds a patch made on top of `version`; false when others were faster. Throws when it is no patch. */
  append(collection: string, version: number, bytes: Buffer): boolean {
    if (version !== this.version(collection)) return false;
    const patch = proto.SyncdPatch.decode(bytes);
    patch.version = proto.SyncdVersion.create({ version: version + 1 });
    const patches = this.#collections.get(collection) ?? [];
    patches.push(Buffer.from(proto.SyncdPatch.encode(patch).finish()));
    this.#collections.set(collection, patches);
    return true;
  }

  snapshot(): AppStateSnapshot {
    return Object.fromEntries(
      [...this.#collections].map(([name, patches]) => [name, patches.map((patch) => patch.toString('base64'))]),
    );
  }
}
