/** The revision is a row's number: each change makes a new row, and AUTOINCREMENT never gives a number twice. Expiry is in milliseconds. */
export const migrations: readonly string[] = [
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
