import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openReader } from '#lib/sqlite';
import { docsName, unquoted } from './table.js';
import { openViewWriter } from './writer.js';

const notes = { name: 'notes', version: 1, indexes: [['user', 'at'], ['at']] };
const onlyIds = ['unique'];
const all = ['(at)', '(user,at)', 'unique'];

let directory: string;
const file = (): string => join(directory, 'views.db');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waybill-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What the live copy is indexed by. */
const indexes = (): readonly string[] => {
  const db = openReader(file());
  const names = db.prepare<[string], string>('SELECT name FROM pragma_index_list(?)').pluck();
  const found = names.all(unquoted(docsName(notes.name, 'live'))).map((name) => name.slice(name.indexOf(' ') + 1));
  db.close();
  return found.toSorted();
};

/** What a writer does before and after a restart. */
const withWriter = (work: (writer: ReturnType<typeof openViewWriter>) => void): void => {
  const writer = openViewWriter(file());
  writer.prepare([notes]);
  work(writer);
  writer.close();
};

it('A new copy gets its indexes when it has caught up, and not at a restart before that', () => {
  withWriter(() => expect(indexes()).toEqual(onlyIds));
  withWriter((writer) => {
    expect(indexes()).toEqual(onlyIds);
    while (writer.buildIndex(notes, 'live'));
    expect(indexes()).toEqual(all);
  });
  withWriter(() => expect(indexes()).toEqual(all));
});

it('A restart while they are made goes on with those that are missing', () => {
  withWriter((writer) => expect(writer.buildIndex(notes, 'live')).toBe(true));
  withWriter((writer) => {
    while (writer.buildIndex(notes, 'live'));
    expect(indexes()).toEqual(all);
  });
});

it('A copy that was rebuilt has its indexes when it is served', () => {
  withWriter((writer) => {
    writer.beginRebuild(notes);
    writer.finishRebuild(notes);
    expect(indexes()).toEqual(all);
  });
  withWriter(() => expect(indexes()).toEqual(all));
});
