import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys';

type Type = keyof SignalDataTypeMap;

/** Whether the values of this type change with every message. */
export const isRatchet = (type: Type): boolean => type === 'session' || type === 'sender-key';

/** What opening one message changed and is not on its way to the store yet. */
export class HeldSteps {
  private data: SignalDataSet = {};
  private gone: Promise<void> | undefined;
  private leave: (() => void) | undefined;

  get steps(): SignalDataSet {
    return this.data;
  }

  add(data: SignalDataSet): void {
    this.gone ??= new Promise((resolve) => (this.leave = resolve));
    for (const type of Object.keys(data) as Type[])
      this.data = { ...this.data, [type]: { ...this.data[type], ...data[type] } };
  }

  /** Values as they are after these steps. */
  async over<T extends Type>(
    store: SignalKeyStore,
    type: T,
    ids: string[],
  ): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    const held: { readonly [id: string]: SignalDataTypeMap[T] | null } = this.data[type] ?? {};
    const found = await store.get(
      type,
      ids.filter((id) => !(id in held)),
    );
    for (const id of ids) {
      const value = held[id];
      if (value !== undefined && value !== null) found[id] = value;
    }
    return found;
  }

  /** Resolves when these other steps, which may go on from the held ones, may go to the store. */
  async before(others: SignalDataSet): Promise<void> {
    const follow = (Object.keys(others) as Type[]).some((type) =>
      Object.keys(others[type] ?? {}).some((id) => id in (this.data[type] ?? {})),
    );
    if (follow) await this.gone;
  }

  /** They are on their way, or were in vain. */
  letGo(): void {
    this.data = {};
    this.leave?.();
    this.gone = this.leave = undefined;
  }
}
