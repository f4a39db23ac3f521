import mongoose from 'mongoose';
import { OperatorError } from '#lib/operator-error';
import { isSelectionError, replicaSetProblem } from './selection.js';

const { MongoError, MongoCompatibilityError } = mongoose.mongo;

/** The connection string is not one that can be used. The message never contains it: it may hold a password. */
export class InvalidMongoUri extends OperatorError {
  override readonly name = 'InvalidMongoUri';
}

/** A server that this program cannot work with, as it is. */
export class UnusableMongo extends OperatorError {
  override readonly name = 'UnusableMongo';
}

/** No server of MongoDB answers. */
export class MongoUnavailable extends Error {
  override readonly name = 'MongoUnavailable';
}

const codes = { unauthorized: 13, authenticationFailed: 18, duplicateKey: 11000, indexNotFound: 27 } as const;
const outOfDiskSpace = 14031;
/** What Atlas refuses by itself, before the server: only its sentence says what. */
const atlas = 8000;
const tooLarge = new Set<unknown>([10334, 17280, 17419, 17420, 10]);

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;

/** Whether a document was there already that a write expected not to be. */
export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === codes.duplicateKey;

/** Whether an index that was to be dropped was not there. */
export const isMissingIndex = (error: unknown): boolean => codeOf(error) === codes.indexNotFound;

/** Whether the driver attached a label to an error. */
export const hasLabel = (error: unknown, label: string): boolean =>
  error instanceof MongoError && error.hasErrorLabel(label);

/** What kind of trouble an error of the driver is, and its sentence; undefined for any other error. */
export const mongoProblem = (
  error: unknown,
): { readonly kind: 'io' | 'disk_full' | 'too_large'; readonly detail: string } | undefined => {
  if (!(error instanceof MongoError) && !(error instanceof mongoose.Error)) return undefined;
  const code = codeOf(error);
  if (tooLarge.has(code)) return { kind: 'too_large', detail: error.message };
  if (code === outOfDiskSpace || isOverQuota(error)) return { kind: 'disk_full', detail: `MongoDB: ${error.message}` };
  return { kind: 'io', detail: `MongoDB: ${sentenceOf(error)}` };
};

const sentenceOf = (error: Error): string => (isRefusal(error) ? refusal : (replicaSetProblem(error) ?? error.message));

const isRefusal = (error: unknown): boolean =>
  codeOf(error) === codes.authenticationFailed ||
  codeOf(error) === codes.unauthorized ||
  isOfAtlas(error, /bad auth|authentication failed|not allowed/i);
const isOverQuota = (error: unknown): boolean => isOfAtlas(error, /space quota/i);
const isOfAtlas = (error: unknown, sentence: RegExp): boolean =>
  codeOf(error) === atlas && error instanceof Error && sentence.test(error.message);
const refusal = 'It refuses the user name or password, or the user may not read and write this database';

/** Why the server cannot be used. Waiting for it helps only where this is a `MongoUnavailable`. */
export const openingError = (error: unknown): unknown => {
  if (isRefusal(error)) return new UnusableMongo(`MongoDB: ${refusal}`);
  if (error instanceof MongoCompatibilityError) return new UnusableMongo(`MongoDB: ${error.message}`);
  // The driver selects no server that is too old, and names the versions as its reason.
  if (isSelectionError(error) && /wire version/.test(error.message))
    return new UnusableMongo(`MongoDB: ${error.message}`);
  const problem = mongoProblem(error);
  return problem ? new MongoUnavailable(problem.detail, { cause: error }) : error;
};

/** The oldest version of MongoDB that is supported. */
const oldest = 6;

/** Makes sure that a server is new enough, by its answer to `buildInfo`. FerretDB counts its versions by itself. @throws {UnusableMongo} */
export const checkVersion = (buildInfo: Readonly<Record<string, unknown>>): void => {
  const version = String(buildInfo['version']);
  if ('ferretdb' in buildInfo || Number.parseInt(version, 10) >= oldest) return;
  throw new UnusableMongo(`MongoDB: The server has version ${version}: ${oldest}.0 or newer is needed`);
};

/** Whether an error is the server's: those of the network have no code, also where a bulk write wraps them. */
export const isAnswer = (error: unknown): boolean => typeof codeOf(error) === 'number';
