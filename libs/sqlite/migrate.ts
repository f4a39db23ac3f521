import type { Database } from 'better-sqlite3';

/** The file was written by a newer version of the program. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/**
 * Brings a database to the newest schema: `migrations[n]` leads from version n to n + 1. Each runs in a transaction, once.
 * A migration that was released never changes; a new one is added behind it.
 * @throws {NewerSchema} nothing was changed.
 */
export const migrate = (db: Database, migrations: readonly string[]): void => {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw new NewerSchema(`${db.name} has schema ${version}; this program knows ${migrations.length}`);
  }
  migrations.slice(version).forEach((sql, offset) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${version + offset + 1}`);
    })();
  });
};
