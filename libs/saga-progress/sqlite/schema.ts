export const sagaProgressMigrations: readonly string[] = [
  `
  CREATE TABLE progress (saga TEXT PRIMARY KEY, checkpoint INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE parked (
    saga TEXT NOT NULL,
    position INTEGER NOT NULL,
    parked TEXT NOT NULL,
    PRIMARY KEY (saga, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE probe (tries INTEGER NOT NULL) STRICT;
  INSERT INTO probe VALUES (0);
  `,
];
