import type { KeyCheck } from '#lib/vault';
import { CredentialsUnavailable } from '../../errors.js';
import type { CredentialStore } from './port.js';
import { hasCredentialsOfSessions, openSqliteCredentials } from './sqlite/index.js';

/** A SQLite file, or a database of MongoDB; `as` names the part of a process that may take the place of a former one there. */
export type CredentialsPlace =
  { readonly file: string } | { readonly mongodb: { readonly uri: string; readonly as: string } };

/** What an operator knows a place by. */
export const nameOf = (place: CredentialsPlace): string =>
  'file' in place ? place.file : 'What the database of MONGODB_URI has of WhatsApp sessions';

/**
 * Makes sure that the credentials of a file can be opened, creating it where it may be new, and resolves with whether a session has any.
 * Those on a server are not looked at: `true`.
 * @throws {CredentialsUnavailable} @throws {VaultError} `wrong_key`, `missing_store`
 */
export const mayHaveSessions = async (place: CredentialsPlace, check: Omit<KeyCheck, 'store'>): Promise<boolean> =>
  'file' in place ? hasCredentialsOfSessions(place.file, check) : true;

/**
 * Opens the credentials of a place, which are this caller's alone until they are closed.
 * @throws {CredentialsUnavailable}
 */
export const openCredentials = async (place: CredentialsPlace): Promise<CredentialStore> => {
  if ('file' in place) return openSqliteCredentials(place);
  const { uri, as } = place.mongodb;
  // Loaded only here: most installations have no server.
  const [{ openMongo, MongoUnavailable }, { openMongoCredentials }] = await Promise.all([
    import('#lib/mongo'),
    import('./mongo/index.js'),
  ]);
  const mongo = await openMongo(uri).catch((error: unknown) => {
    if (error instanceof MongoUnavailable) throw new CredentialsUnavailable(error.message, { cause: error });
    throw error;
  });
  try {
    const store = await openMongoCredentials(mongo, { as });
    const closeBoth = async (): Promise<void> => {
      await store.close();
      await mongo.close();
    };
    let closing: Promise<void> | undefined;
    return {
      read: (...args) => store.read(...args),
      write: (...args) => store.write(...args),
      arrivals: (sessionId) => store.arrivals(sessionId),
      remove: (sessionId) => store.remove(sessionId),
      sessions: () => store.sessions(),
      close: () => (closing ??= closeBoth()),
    };
  } catch (error) {
    await mongo.close();
    throw error;
  }
};
