import {
  initAuthCreds,
  type AuthenticationCreds,
  type AuthenticationState,
  type SignalDataSet,
  type SignalDataTypeMap,
} from '@whiskeysockets/baileys';

/** All of it, as plain data that another process can go on from. */
export type SavedAuth = {
  readonly creds: AuthenticationCreds;
  readonly keys: ReadonlyMap<string, unknown>;
};

export type MemoryAuth = AuthenticationState & {
  forgetSessions(): void;
  saved(): SavedAuth;
};

/** Credentials and Signal keys in memory, with which a client can reconnect as the same device. */
export function memoryAuth(saved?: SavedAuth): MemoryAuth {
  const store = new Map<string, unknown>(saved?.keys);
  const creds = saved?.creds ?? initAuthCreds();
  return {
    creds,
    saved: () => ({ creds, keys: store }),
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
