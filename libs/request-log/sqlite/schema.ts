/** Times are milliseconds since 1970. */
export const requestLogMigrations: readonly string[] = [
  `
  CREATE TABLE requests (
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT,
    status INTEGER,
    ms INTEGER NOT NULL,
    userId TEXT,
    keyId TEXT,
    adminId TEXT,
    address TEXT NOT NULL,
    requestId TEXT NOT NULL,
    bytesIn INTEGER NOT NULL,
    bytesOut INTEGER NOT NULL,
    code TEXT,
    PRIMARY KEY (at, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX by_user ON requests (userId, at, id) WHERE userId IS NOT NULL;
  CREATE INDEX by_admin ON requests (adminId, at, id) WHERE adminId IS NOT NULL;
  CREATE INDEX by_code ON requests (code, at, id) WHERE code IS NOT NULL;
  CREATE INDEX by_request ON requests (requestId, at, id);
  CREATE TABLE counts (
    id TEXT NOT NULL PRIMARY KEY,
    userId TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    requests INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counts_by_quarter ON counts (quarter, id);
  CREATE INDEX counts_by_user ON counts (userId, quarter, id);
  `,
];
