import type { Arrival, CredentialEntry } from './port.js';

/** One write. `entries` is null where the whole session is removed. */
export type CredentialsChange = {
  readonly session: string;
  readonly entries: readonly CredentialEntry[] | null;
  readonly arrivals: readonly Arrival[];
};
