import type { Config } from '#config';
import type { Mongo } from '#lib/mongo';
import { OperatorError } from '#lib/operator-error';
import { ReadModelsUnavailable } from '#lib/read-models';
import type { Log } from '#lib/subscriptions';
import { onServer } from './on-server.js';

/** The database of MongoDB: it keeps everything but the log and the master key. */
export type Database = {
  readonly mongo: Mongo;
  /** Whether this process owns it, and no other one has taken its place. @throws the driver's error while that cannot be told. */
  isOwned(): Promise<boolean>;
  close(): Promise<void>;
};

/** The note of a database whose stores are being moved: to the `server`, or to a `file`, and what the move knows of it behind that. */
export const moveNote = 'move';

/** The note of the last move that was begun, which stays: another text for each. */
export const lastMoveNote = 'last-move';

/** Where a move goes that has this note. */
export const moveTarget = (note: string): string => note.split(' ')[0] ?? note;

/** A move was begun and not ended. */
class BeingMoved extends OperatorError {
  override readonly name = 'BeingMoved';
}

/**
 * Opens the database of MONGODB_URI, if there is one, for this process alone; or `beside` the process that owns it. With `waiting`, a server that does not answer is waited for,
 * and that is logged.
 * `toMove`: also where a move was begun. `alone`: only where no process is open beside this one.
 * `end` is called where the stores were moved while a process that has them `beside` gave no sign of life; it ends this one.
 * @throws {ReadModelsUnavailable | OperatorError} with a message for the operator.
 */
export const openDatabase = async (
  { MONGODB_URI: uri }: Partial<Pick<Config, 'MONGODB_URI'>>,
  waiting: Pick<Log, 'warn'> | undefined,
  { toMove = false, beside = false, alone = false, end = endProcess }: HowToOpen = {},
): Promise<Database | undefined> =>
  uri === undefined
    ? undefined
    : onServer(
        'MONGODB_URI',
        () => openHere(uri, { toMove, beside, alone, end }),
        (error) => error instanceof ReadModelsUnavailable,
        waiting,
      );

type HowToOpen = {
  readonly toMove?: boolean;
  readonly beside?: boolean;
  readonly alone?: boolean;
  readonly end?: (why: string) => void;
};

/** At once: what is written in order at the end would be written to the old stores. */
const endProcess = (why: string): void => {
  process.stderr.write(`${why}\n`);
  process.exit(1);
};

const movedMeanwhile =
  'This process ends: it gave no sign of life for ten seconds, and the stores of MONGODB_URI were moved meanwhile, or are being moved. Start it again where they are now';

// The client is loaded only here: most installations have no server.
const openHere = async (uri: string, { toMove, beside, alone, end }: HowToOpen): Promise<Database> => {
  const { assertAlone, mongoProblem, own, OwnedElsewhere, showPresence } = await import('#lib/mongo');
  const mongo = await connect(uri);
  const held: { release(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of held) await one.release();
    await mongo.close();
  };
  try {
    const ownership = beside === true ? undefined : await own(mongo, 'views');
    const lastMove = await mongo.notes.get(lastMoveNote);
    const whenForgotten = async (): Promise<void> => {
      const isOther = (await mongo.notes.get(lastMoveNote)) !== lastMove;
      if (isOther || (await mongo.notes.get(moveNote)) !== undefined) end?.(movedMeanwhile);
    };
    held.push(ownership ?? (await showPresence(mongo, whenForgotten))); // before the note is read: a move notes itself before it looks
    if (ownership) await mongo.sessions.endAll();
    const to = await mongo.notes.get(moveNote);
    if (to !== undefined && toMove !== true)
      throw new BeingMoved(
        `The stores are being moved: end that first, with npm run migrate-stores -- ${moveTarget(to)}`,
      );
    if (alone === true) await assertAlone(mongo);
    const isOwned = async (): Promise<boolean> => {
      try {
        await ownership?.assertHeld();
        return ownership !== undefined;
      } catch (error) {
        if (error instanceof OwnedElsewhere) return false;
        throw error;
      }
    };
    return { mongo, isOwned, close };
  } catch (error) {
    await close();
    const problem = mongoProblem(error);
    throw problem ? new ReadModelsUnavailable('io', problem.detail, { cause: error }) : error;
  }
};

const connect = async (uri: string): Promise<Mongo> => {
  const { InvalidMongoUri, MongoUnavailable, openMongo } = await import('#lib/mongo');
  try {
    return await openMongo(uri);
  } catch (error) {
    if (error instanceof InvalidMongoUri) throw new InvalidMongoUri(`MONGODB_URI: ${error.message}`);
    if (error instanceof MongoUnavailable) throw new ReadModelsUnavailable('io', error.message, { cause: error });
    throw error;
  }
};
