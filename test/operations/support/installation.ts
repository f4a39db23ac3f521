import { mkdir } from 'node:fs/promises';
import { nameOf, openCredentials, openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { credentialsPlace } from '../../../src/platform/credentials-place.js';
import { closeStores, openStores } from '../../../src/platform/stores.js';
import { openVault } from '../../../src/platform/vault.js';
import { newEvents, newStream } from '../../support/event-store/events.js';

/** Makes the stores of a data directory, with some events, as a service that was stopped leaves them. `server`: where the log is, if it is on one. */
export const newInstallation = async (directory: string, server?: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const config = { WAYBILL_DATA_DIR: directory, EVENTSTORE_URL: server };
  const stores = await openStores(config);
  try {
    const { key, secrets } = await openVault({ directory, masterKey: undefined, events: stores.events });
    await secrets.close();
    const place = credentialsPlace(config);
    const credentials = await openCredentials(place);
    await openSealedCredentials(credentials, { store: nameOf(place), key, mayBeNew: true });
    await credentials.close();
    await stores.events.append({ stream: newStream(), expected: 'any', events: newEvents(5) });
  } finally {
    await closeStores(stores);
  }
};
