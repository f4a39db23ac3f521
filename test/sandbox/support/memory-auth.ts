import {
  initAuthCreds,
  type AuthenticationState,
  type SignalDataSet,
  type SignalDataTypeMap,
} from '@whiskeysockets/baileys';

export type MemoryAuth = AuthenticationState & { forgetSessions(): void };

/** Credentials and Signal keys in memory, with which a client can reconnect as the same device. */
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
