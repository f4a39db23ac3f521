import { own } from '#lib/sqlite';
import { VaultError, type KeyCheck } from '#lib/vault';
import { checkCredentialsKey } from '../sealed.js';
import { openCredentialsFile } from './file.js';
import { unavailable } from './unavailable.js';
import { CredentialsWriter } from './writer.js';

/**
 * Makes sure that the credentials of a file can be opened with this key, as opening them does, and resolves with whether there are any of a
 * session. Blocks the calling thread for some milliseconds, which is less than a thread costs; the file is closed again.
 * @throws {CredentialsUnavailable} the file is open in another process, or the disk fails.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const hasCredentialsOfSessions = async (file: string, check: Omit<KeyCheck, 'store'>): Promise<boolean> => {
  const opened: (() => void)[] = [];
  try {
    opened.push(own(file));
    const db = openCredentialsFile(file);
    opened.push(() => void db.close());
    const find = db.prepare<[string, string, string], Buffer>(
      'SELECT value FROM credentials WHERE session = ? AND type = ? AND id = ?',
    );
    const writer = new CredentialsWriter(db);
    await checkCredentialsKey(
      {
        read: async (...name) => find.pluck().get(...name),
        write: async (session, entry) => writer.commit([{ session, entries: [entry], arrivals: [] }], 'power_cut'),
      },
      { store: file, ...check },
    );
    return db.prepare("SELECT 1 FROM credentials WHERE type = 'creds' LIMIT 1").get() !== undefined;
  } catch (error) {
    throw error instanceof VaultError ? error : unavailable(error);
  } finally {
    for (const close of opened.reverse()) close();
  }
};
