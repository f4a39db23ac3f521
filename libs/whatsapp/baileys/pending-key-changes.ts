import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys';

type KeyType = keyof SignalDataTypeMap;

/** Whether keys of this type change with every message. */
export const isRatchet = (type: KeyType): boolean => type === 'session' || type === 'sender-key';

/** The keys that the decryption of one message changed, before they are handed to the store. */
export class PendingKeyChanges {
  private data: SignalDataSet = {};
  private cleared: Promise<void> | undefined;
  private resolveCleared: (() => void) | undefined;

  get all(): SignalDataSet {
    return this.data;
  }

  add(data: SignalDataSet): void {
    this.cleared ??= new Promise((resolve) => (this.resolveCleared = resolve));
    for (const type of Object.keys(data) as KeyType[])
      this.data = { ...this.data, [type]: { ...this.data[type], ...data[type] } };
  }

  /** Reads keys as they are after these changes. */
  async readThrough<T extends KeyType>(
    store: SignalKeyStore,
    type: T,
    ids: string[],
  ): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    const pending: { readonly [id: string]: SignalDataTypeMap[T] | null } = this.data[type] ?? {};
    const found = await store.get(
      type,
      ids.filter((id) => !(id in pending)),
    );
    for (const id of ids) {
      const value = pending[id];
      if (value !== undefined && value !== null) found[id] = value;
    }
    return found;
  }

  /** Resolves when other changes may be stored: where they concern the same keys, only after the pending ones. */
  async waitBefore(others: SignalDataSet): Promise<void> {
    const concernSameKeys = (Object.keys(others) as KeyType[]).some((type) =>
      Object.keys(others[type] ?? {}).some((id) => id in (this.data[type] ?? {})),
    );
    if (concernSameKeys) await this.cleared;
  }

  /** The changes were handed to the store, or decryption failed. */
  clear(): void {
    this.data = {};
    this.resolveCleared?.();
    this.cleared = this.resolveCleared = undefined;
  }
}
