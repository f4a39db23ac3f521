import type { SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys';

type Versions = { readonly [collection: string]: SignalDataTypeMap['app-state-sync-version'] | null };

/**
 * Up to where one connection has read what the devices of an account share. Baileys stores a version as soon as it has read it, and tells what it
 * has read afterwards: where the connection or the process ended in between, nobody would ever hear of it. So a version is kept here until
 * all that led to it is told. The next connection reads on from the one that is stored.
 */
export class AppStateVersions {
  private read: Versions = {};

  /** Called when something was read, before it is told. */
  onRead = (): void => undefined;

  constructor(private readonly store: Pick<SignalKeyStore, 'set'>) {}

  /** Those that are read and not stored. */
  get unstored(): Versions {
    return this.read;
  }

  /** A store of keys, as Baileys is to see it. */
  over = (store: SignalKeyStore): SignalKeyStore => ({
    get: async (type, ids) => {
      const stored = await store.get(type, ids);
      if (type !== 'app-state-sync-version') return stored;
      const found = Object.entries({ ...stored, ...this.read }).filter(([id, version]) => ids.includes(id) && version);
      return Object.fromEntries(found) as typeof stored;
    },
    set: async ({ 'app-state-sync-version': versions, ...others }) => {
      await store.set(others);
      if (!versions) return;
      this.read = { ...this.read, ...versions };
      this.onRead();
    },
  });

  /** Stores versions up to which all is told. Rejects where they could not be stored. */
  async keep(told: Versions): Promise<void> {
    await this.store.set({ 'app-state-sync-version': told });
    const isKept = (name: string): boolean => this.read[name] === told[name];
    this.read = Object.fromEntries(Object.entries(this.read).filter(([name]) => !isKept(name)));
  }

  /** It could not be told: all of it is read again. */
  forget(): void {
    this.read = {};
  }
}
