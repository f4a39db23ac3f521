import type { Database } from 'better-sqlite3';

/** A newer version of the program wrote the file. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/**
 * Migrates a database to the latest schema: `migrations[n]` leads from version n to n + 1. Each runs once, in a transaction.
 * A released migration must not change; add a new one at the end.
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
