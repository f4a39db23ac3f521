import mongoose from 'mongoose';
import { durably } from './durably.js';
import { type OpenSessions, openSessionsIn } from './left-open.js';
import { type Indexes, indexesOn } from './indexes.js';
import { type Notes, notesIn } from './notes.js';
import { checkVersion, InvalidMongoUri, openingError } from './errors.js';
import { separatorOn } from './separator.js';
import { SettlingConnection } from './settling-connection.js';
import { takesTransactions } from './takes-transactions.js';

/** A connection to a server or replica set of MongoDB, for all stores that keep their data there. */
export type Mongo = {
  readonly connection: mongoose.Connection;
  readonly db: mongoose.mongo.Db;
  /** Whether several documents can be written together: on a replica set, not on a server of its own. */
  readonly hasTransactions: boolean;
  /** Of the server, as it says. */
  readonly version: string;
  /** Between the parts of the names of collections that are renamed: FerretDB renames none that has a dot in its name. */
  readonly separator: '.' | '_';
  readonly notes: Notes;
  readonly indexes: Indexes;
  readonly sessions: OpenSessions;
  close(): Promise<void>;
};

/** The database if the connection string names none. */
const defaultDatabase = 'waybill';

/** How long a call looks for a server that is the primary. */
const serverSelectionTimeoutMs = 5000;
const connectTimeoutMs = 5000;
/** A server that accepted a command and is silent for this long is taken for gone. Indexes of large views take a while. */
const socketTimeoutMs = 60_000;
const maxConnections = 20;

const form = /^mongodb(?:\+srv)?:\/\/[^\s/?]+(?:\/(?<database>[^\s?]*))?(?:\?(?<options>\S*))?$/;

/**
 * Connects to the server of a connection string: `mongodb://user:password@host:27017/database?tls=true`. Several hosts are separated by
 * commas.
 * @throws {InvalidMongoUri} the connection string cannot be used.
 * @throws {UnusableMongo} it refuses the user, or is too old.
 * @throws {MongoUnavailable} no server answers, or none that is of the replica set, which may not be initiated yet.
 */
export const openMongo = async (uri: string): Promise<Mongo> => {
  const connection = connectionTo(uri);
  connection.on('error', () => {}); // every call meets it
  try {
    await connection.asPromise();
    const db = connection.getClient().db(connection.name);
    const build = await db.command({ buildInfo: 1 });
    checkVersion(build);
    const sessions = openSessionsIn(db);
    await sessions.endAbandoned();
    return {
      connection,
      db,
      notes: notesIn(db),
      indexes: indexesOn(connection),
      sessions,
      hasTransactions: await takesTransactions(connection, db),
      version: String(build['version']),
      separator: await separatorOn(db),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close().catch(() => {});
    throw openingError(error);
  }
};

const connectionTo = (uri: string): mongoose.Connection => {
  const parts = form.exec(uri)?.groups;
  if (!parts) throw new InvalidMongoUri('It must look like mongodb://host:port/database, or mongodb+srv://…');
  const given = (parts['options'] ?? '').toLowerCase();
  const isGiven = (option: string): boolean => given.includes(`${option.toLowerCase()}=`);
  try {
    checkOptions(uri);
    return mongoose.createConnection(uri, {
      ...(!parts['database'] && { dbName: defaultDatabase }),
      ...(!isGiven('serverSelectionTimeoutMS') && { serverSelectionTimeoutMS: serverSelectionTimeoutMs }),
      ...(!isGiven('connectTimeoutMS') && { connectTimeoutMS: connectTimeoutMs }),
      ...(!isGiven('socketTimeoutMS') && { socketTimeoutMS: socketTimeoutMs }),
      ...(!isGiven('maxPoolSize') && { maxPoolSize: maxConnections }),
      ...(!isGiven('appName') && { appName: 'waybill' }),
      ...settling,
      readPreference: 'primary',
      writeConcern: durably,
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
    });
  } catch (error) {
    throw invalidUri(error, uri);
  }
};

/** The driver takes this option without declaring it. */
const settling = { connectionType: SettlingConnection };

/** Mongoose connects in the background; what is wrong with the string itself is known at once. */
const checkOptions = (uri: string): void => void new mongoose.mongo.MongoClient(uri);

/** What the driver finds wrong with the string, unless it quotes the string. */
const invalidUri = (error: unknown, uri: string): InvalidMongoUri => {
  const message = error instanceof Error ? error.message : '';
  const secrets = /\/\/([^@/]*)@/.exec(uri)?.[1]?.split(':') ?? [];
  const isQuoted = /:\/\//.test(message) || secrets.some((secret) => secret !== '' && message.includes(secret));
  return new InvalidMongoUri(message === '' || isQuoted ? 'It is not a valid connection string' : message);
};
