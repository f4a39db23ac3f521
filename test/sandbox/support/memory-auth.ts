import {
  initAuthCreds,
  type AuthenticationState,
  type SignalDataSet,
  type SignalDataTypeMap,
} from '@whiskeysockets/baileys';

export type MemoryAuth = AuthenticationState & { forgetSessions(): void };

/** A client's credentials and Signal keys, kept in memory so that it can reconnect as the same device. */
export function memoryAuth(): MemoryAuth {
  const store = new Map<string, unknown>();
  return {
    creds: initAuthCreds(),
    forgetSessions: () => {
      for (const key of store.keys()) if (key.startsWith('session/')) store.delete(key);
    },
    keys: {
      get: (type, ids) => {
        const found: { [id: string]: SignalDataTypeMap[typeof type] } = {};
        for (const id of ids) {
          const value = store.get(`${type}/${id}`);
          if (value !== undefined) found[id] = value as SignalDataTypeMap[typeof type];
        }
        return found;
      },
      set: (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries)) {
            if (value === null || value === undefined) store.delete(`${type}/${id}`);
            else store.set(`${type}/${id}`, value);
          }
        }
      },
    },
  };
}
