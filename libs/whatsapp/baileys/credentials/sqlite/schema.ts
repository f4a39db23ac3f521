export const credentialsMigrations: readonly string[] = [
  `
  CREATE TABLE credentials (
    session TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (session, type, id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE arrivals (
    session TEXT NOT NULL,
    number INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (session, number)
  ) STRICT, WITHOUT ROWID;
  `,
];
