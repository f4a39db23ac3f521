import { migrate, openWriter, type Database } from '#lib/sqlite';
import { credentialsMigrations } from './schema.js';

/** Opens the file for its only writer, creating it where it does not exist. */
export const openCredentialsFile = (file: string): Database => {
  const db = openWriter(file, 'full');
  try {
    db.pragma('wal_autocheckpoint = 1000');
    db.pragma('secure_delete = ON'); // leaves no used keys in free pages
    migrate(db, credentialsMigrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};
