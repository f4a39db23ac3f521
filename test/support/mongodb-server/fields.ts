import type { Document } from 'bson';
import { badValue, MongoProblem, unknownField } from './problem.js';

/** What any command may carry beside its own fields. */
const general = [
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
];

/** Refuses what the command does not know: ignoring it would make tests pass that the real server fails. */
export const allowOnly = (name: string, command: Document, fields: readonly string[]): void => {
  for (const field of Object.keys(command)) {
    if (field !== name && !general.includes(field) && !fields.includes(field)) throw unknownField(name, field);
  }
};

export const documentIn = (command: Document, field: string): Document => {
  const value: unknown = command[field];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MongoProblem(14, 'TypeMismatch', `BSON field '${field}' is the wrong type, expected type 'object'`);
  return value as Document;
};

export const documentsIn = (command: Document, field: string): readonly Document[] => {
  const value: unknown = command[field];
  if (!Array.isArray(value))
    throw new MongoProblem(40414, 'Location40414', `BSON field '${field}' is missing but a required field`);
  return value as Document[];
};

const collectionName = /^[^$\0]+$/;

export const namespaceOf = (command: Document, name: string): string => {
  const collection: unknown = command[name];
  if (typeof collection !== 'string' || !collectionName.test(collection))
    throw new MongoProblem(73, 'InvalidNamespace', `Invalid collection name: ${String(collection)}`);
  return `${String(command['$db'])}.${collection}`;
};

/** A number of documents. */
export const countIn = (command: Document, field: string): number => {
  const value: unknown = command[field] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw badValue(`BSON field '${field}' value must be >= 0, actual value '${String(value)}'`);
  return value;
};
