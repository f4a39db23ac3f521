/**
 * `events` is the log, the only source of truth. The other tables are an index of it that lags behind: a commit only adds to the end of
 * the log, and thousands of events are indexed at once, sorted by key (see indexer.ts), so that a commit touches few pages.
 */
export const eventStoreMigrations: readonly string[] = [
  `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE indexed (up_to INTEGER NOT NULL) STRICT;
  INSERT INTO indexed VALUES (0);

  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE kinds (id INTEGER PRIMARY KEY, category TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (category, type)) STRICT;

  CREATE TABLE by_stream (
    stream INTEGER NOT NULL, revision INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE by_id (
    stream INTEGER NOT NULL, id BLOB NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (stream, id, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE by_kind (
    kind INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (kind, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE probe (filler BLOB NOT NULL) STRICT;
  INSERT INTO probe VALUES (zeroblob(1));
  `,
];
