import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { assertAlone, type Mongo } from '#lib/mongo';
import { removeMongoViews } from '#lib/read-models/mongo';
import type { SagaProgress } from '#lib/saga-progress';
import { requestCollections } from '#lib/request-log/mongo';
import { openMongoSagaProgress, sagaCollections } from '#lib/saga-progress/mongo';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { AlreadyOwned, own } from '#lib/sqlite';
import { syncDirectory } from '#lib/sync-directory';
import { hasMongoSecrets, secretsCollection } from '#lib/vault/mongo';
import { credentialCollections } from '#lib/whatsapp/baileys/credentials/mongo';
import { dataFiles } from '../../platform/data-files.js';
import { lastMoveNote, moveNote, moveTarget, openDatabase } from '../../platform/database.js';
import { noteServer, placeOf, type LogPlace } from '../../platform/log-place.js';
import { forgetLog } from '../../platform/same-log.js';
import type { StoresConfig } from '../../platform/stores.js';
import { exists, movedName } from '../../platform/where-stores-are.js';
import type { Progress } from './log-copy.js';
import { MoveRefused } from './move-refused.js';
import { requestsToDatabase, requestsToFile } from './requests-move.js';
import { loadAll, removeDatabase } from './saga-move.js';
import { copyToDatabase, copyToFiles, SealedCopy } from './sealed-copy.js';

export type OthersMove = {
  readonly config: StoresConfig;
  readonly to: LogPlace;
  readonly sagas: readonly string[];
  readonly progress: Progress;
};

const names = [dataFiles.sagas, dataFiles.secrets, dataFiles.credentials] as const;
type Name = (typeof names)[number];
type Files = { readonly [name in Name]: string };
const collections = [...sagaCollections, secretsCollection, ...credentialCollections];

/**
 * Moves the progress of sagas, the vault and the credentials to the database of MONGODB_URI, or back, while no service has either. Ended at
 * any moment, it begins again when it is called again; the service starts on neither until it has ended. Undefined if they are there already.
 * @throws {MoveRefused}
 */
export const moveOthers = async (move: OthersMove): Promise<SealedCopy | undefined> => {
  const database = await openDatabase(move.config, undefined, { toMove: true });
  if (!database) return undefined;
  const { mongo } = database;
  try {
    const note = await mongo.notes.get(moveNote);
    const begun = note === undefined ? undefined : moveTarget(note);
    if (begun !== undefined && begun !== move.to)
      throw new MoveRefused(
        `A move to the other side was begun: end it first, with npm run migrate-stores -- ${begun}`,
      );
    const copied = note === undefined ? undefined : copiedIn(note);
    const moved = copied
      ? await takeFiles(move, mongo, copied)
      : await (move.to === 'server' ? toDatabase : toFiles)(move, mongo, begun !== undefined);
    if (moved) {
      await removeMongoViews(mongo); // they are made again, as those in files
      await forgetLog(mongo);
      await mongo.notes.remove(moveNote);
    }
    return moved;
  } finally {
    await database.close();
  }
};

const toDatabase = async (move: OthersMove, mongo: Mongo, isBegun: boolean): Promise<SealedCopy | undefined> => {
  const { WAYBILL_DATA_DIR: data } = move.config;
  const here = await Promise.all(names.map((name) => exists(join(data, name))));
  if (!isBegun && !here.includes(true)) {
    if (await hasMongoSecrets(mongo)) return undefined;
    throw new MoveRefused(`There is no ${join(data, dataFiles.sagas)}: there is nothing to move`);
  }
  if (!isBegun && (await isFilled(mongo)))
    throw new MoveRefused('The database of MONGODB_URI has stores of a service already: name an empty one');
  const sources = await filesOf(async (name) => {
    const found = await firstOf([join(data, name), join(data, movedName(name))]);
    if (found === undefined) throw new MoveRefused(`There is no ${join(data, name)}: the stores are not complete`);
    return found;
  });
  const release = lock([sources[dataFiles.secrets], sources[dataFiles.credentials]]);
  const progress = await openSqliteSagaProgress({ file: sources[dataFiles.sagas] }).catch((error: unknown) => {
    release();
    throw error;
  });
  try {
    await begin(mongo, 'server', isBegun);
    await dropAll(mongo, collections); // of an earlier try
    const target = await openMongoSagaProgress(mongo);
    await copyProgress(progress, target, move.sagas);
    await target.close();
    const copy = await copyToDatabase(sealed(sources), mongo, move.progress);
    await progress.close();
    await requestsToDatabase(data, mongo, move.progress);
    await assertAlone(mongo);
    for (const name of names)
      if (await exists(join(data, name))) await rename(join(data, name), join(data, movedName(name)));
    await syncDirectory(data);
    await removeDatabase(join(data, dataFiles.views));
    return copy;
  } finally {
    await progress.close();
    release();
  }
};

const toFiles = async (move: OthersMove, mongo: Mongo, isBegun: boolean): Promise<SealedCopy | undefined> => {
  const { WAYBILL_DATA_DIR: data } = move.config;
  const { finals, made } = filesIn(data);
  const inTheWay = await firstOf(Object.values(finals));
  if (!(await hasMongoSecrets(mongo))) {
    if (!isBegun && inTheWay !== undefined) return undefined;
    throw new MoveRefused('The database of MONGODB_URI has no vault: there is nothing to move');
  }
  if (inTheWay !== undefined) throw new MoveRefused(isInTheWay(inTheWay, data));
  await begin(mongo, 'file', isBegun);
  for (const file of Object.values(made)) await removeDatabase(file); // of an earlier try
  const source = await openMongoSagaProgress(mongo);
  const target = await openSqliteSagaProgress({ file: made[dataFiles.sagas] });
  try {
    await copyProgress(source, target, move.sagas);
  } finally {
    await source.close();
    await target.close();
  }
  const copy = await copyToFiles(mongo, sealed(made), move.progress);
  await requestsToFile(mongo, data, move.progress);
  await syncDirectory(data);
  await mongo.notes.put(moveNote, `file ${JSON.stringify(copy)}`);
  return takeFiles(move, mongo, copy);
};

/** What was copied to files, where that was noted: from then on nothing is copied again, since a service may have used what was copied. */
const copiedIn = (note: string): SealedCopy | undefined => {
  const text = note.slice(moveTarget(note).length);
  return text === '' ? undefined : SealedCopy.parse(JSON.parse(text));
};

/** Gives the files that were made their names, and the old stores others. Ended at any moment, it goes on when it is called again. */
const takeFiles = async (move: OthersMove, mongo: Mongo, copy: SealedCopy): Promise<SealedCopy> => {
  const { WAYBILL_DATA_DIR: data } = move.config;
  const { finals, made } = filesIn(data);
  const release = lock(Object.values(finals));
  try {
    await assertAlone(mongo);
    for (const name of names) {
      if (!(await exists(made[name]))) continue; // an earlier try came this far
      if (await exists(finals[name])) throw new MoveRefused(isInTheWay(finals[name], data));
      for (const suffix of ['-wal', '-shm']) await rm(`${finals[name]}${suffix}`, { force: true }); // they belong to no file
      await rename(made[name], finals[name]);
    }
    await syncDirectory(data);
    for (const name of names) await removeDatabase(made[name]); // its lock
    await removeDatabase(join(data, dataFiles.views));
  } finally {
    release();
  }
  await putAside(mongo);
  return copy;
};

const filesIn = (data: string): { readonly finals: Files; readonly made: Files } => {
  const named = (nameOf: (name: Name) => string): Files =>
    Object.fromEntries(names.map((name) => [name, join(data, nameOf(name))])) as Files;
  return { finals: named((name) => name), made: named((name) => `${name}.moving`) };
};

const isInTheWay = (file: string, data: string): string =>
  `${file} is in the way: move the old stores (${basename(file)}*) out of ${data} first`;

/**
 * From then on, no process starts on the database, and none runs on it that only answers requests: one that starts shows itself before it looks
 * at the note. @throws {OwnedElsewhere}
 */
const begin = async (mongo: Mongo, to: LogPlace, isBegun: boolean): Promise<void> => {
  await mongo.notes.put(moveNote, to);
  await mongo.notes.put(lastMoveNote, randomUUID());
  try {
    await assertAlone(mongo);
  } catch (error) {
    if (!isBegun) await mongo.notes.remove(moveNote);
    throw error;
  }
};

const filesOf = async (fileOf: (name: Name) => Promise<string>): Promise<Files> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await fileOf(name)] as const))) as Files;

const firstOf = async (files: readonly string[]): Promise<string | undefined> => {
  for (const file of files) if (await exists(file)) return file;
  return undefined;
};

const sealed = (files: Files) => ({ secrets: files[dataFiles.secrets], credentials: files[dataFiles.credentials] });

/** @throws {MoveRefused} a service runs on them. */
const lock = (files: readonly string[]): (() => void) => {
  const releases: (() => void)[] = [];
  const release = (): void => releases.forEach((each) => each());
  try {
    for (const file of files) releases.push(own(file));
    return release;
  } catch (error) {
    release();
    throw error instanceof AlreadyOwned ? new MoveRefused(error.message, { cause: error }) : error;
  }
};

const copyProgress = async (from: SagaProgress, to: SagaProgress, sagas: readonly string[]): Promise<void> => {
  const all = await loadAll(from, sagas);
  for (const [saga, { checkpoint, parked }] of all)
    if (checkpoint !== undefined) await to.record({ saga, checkpoint, park: parked });
  if ((await placeOf(from, sagas)) === 'server') await noteServer(to);
  const copied = await loadAll(to, sagas);
  if (stringify([...all]) !== stringify([...copied])) throw new MoveRefused('The copy of the sagas’ progress differs');
};

const isFilled = async ({ db }: Mongo): Promise<boolean> => {
  for (const name of collections) if ((await db.collection(name).findOne()) !== null) return true;
  return false;
};

const collectionsOf = async ({ db }: Mongo): Promise<ReadonlySet<string>> =>
  new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));

const dropAll = async (mongo: Mongo, wanted: readonly string[]): Promise<void> => {
  const known = await collectionsOf(mongo);
  for (const name of wanted) if (known.has(name)) await mongo.db.dropCollection(name);
};

/** The old stores stay, under names that nothing opens, and so do those of earlier moves. */
const putAside = async (mongo: Mongo): Promise<void> => {
  const known = await collectionsOf(mongo);
  for (const name of [...collections, ...requestCollections]) {
    if (!known.has(name)) continue;
    let aside = `moved.${name}`;
    for (let number = 2; known.has(aside); number += 1) aside = `moved.${number}.${name}`;
    if (mongo.separator === '.') await mongo.db.renameCollection(name, aside);
    else await moveDocuments(mongo, name, aside);
  }
};

const documentsAtOnce = 1000;

/** Where the server renames no such collection. One that was ended leaves a part of them, and the next begins anew. */
const moveDocuments = async ({ db }: Mongo, from: string, to: string): Promise<void> => {
  let batch: { readonly [field: string]: unknown }[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await db.collection(to).insertMany(batch);
    batch = [];
  };
  for await (const document of db.collection(from).find()) {
    batch.push(document);
    if (batch.length === documentsAtOnce) await flush();
  }
  await flush();
  await db.dropCollection(from);
};
