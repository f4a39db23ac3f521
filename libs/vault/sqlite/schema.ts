/** The revision is the row id: each change inserts a new row, and AUTOINCREMENT never reuses an id. Expiry is in milliseconds. */
export const secretsMigrations: readonly string[] = [
  `
  CREATE TABLE secrets (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX by_expiry ON secrets (expires_at) WHERE expires_at IS NOT NULL;
  `,
];
