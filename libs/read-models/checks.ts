import type { AnyCollection } from './collection.js';
import type { Joined } from './joined.js';
import type { Batch, Condition, Find } from './port.js';
import { maxSearchWords, searchWordsOf } from './words.js';
import type { Fields } from './write.js';

const name = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const fieldName = /^[A-Za-z][A-Za-z0-9_]*$/;

/** @throws {TypeError} an invalid name. */
export const checkCollection = (collection: AnyCollection): void => {
  if (!name.test(collection.name)) throw new TypeError(`"${collection.name}" is not a valid name of a collection`);
  const { indexes = [], search = [], searchWithin, owners = [], joined } = collection;
  const within = searchWithin === undefined ? [] : [searchWithin];
  const fields = [...indexes.flat(), ...search, ...within, ...owners, ...(joined ? fieldsOf(joined) : [])];
  for (const field of fields) checkField(field);
};

const fieldsOf = ({ leadsBy, shownIn, others, combined }: Joined): readonly string[] => [
  leadsBy,
  shownIn,
  others,
  ...Object.keys(combined),
  ...Object.values(combined).flatMap((each) => Object.values(each ?? {})),
];

export const checkField = (field: string): void => {
  if (!fieldName.test(field)) throw new TypeError(`"${field}" is not a valid name of a field`);
};

/** @throws {RangeError | TypeError} */
export const checkFind = <Doc extends Fields>(collection: AnyCollection, find: Find<Doc>): void => {
  const { limit, sort, search } = find;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError(`limit is ${limit}, not 1 to 1000`);
  if (sort && sort.order !== 'asc' && sort.order !== 'desc')
    throw new TypeError(`"${String(sort.order)}" is not an order`);
  if (search !== undefined && !collection.search?.length) {
    throw new TypeError(`${collection.name} has no fields to search`);
  }
  if (search !== undefined && searchWordsOf(search).length > maxSearchWords) {
    throw new RangeError(`The search has more than ${maxSearchWords} words`);
  }
};

/**
 * Rejects a condition that is `undefined` instead of ignoring it: a missing user id must not match the documents of all users.
 * @throws {TypeError}
 */
export const checkCondition = (field: string, condition: Condition | undefined): void => {
  const values = (isRange(condition) ? Object.values(condition) : [condition]).flat();
  for (const value of values) {
    const isValid = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    if (!isValid || Number.isNaN(value))
      throw new TypeError(`The condition on ${field} has the value ${String(value)}`);
  }
};

const isRange = (condition: Condition | undefined) => typeof condition === 'object' && condition !== null;

/** @throws {RangeError} positions out of order, or after the checkpoint (they would be applied again). */
export const checkBatch = ({ subscription, changes, checkpoint, unpark = [] }: Batch): void => {
  if (!Number.isSafeInteger(checkpoint) || checkpoint < 0) throw new RangeError(`checkpoint is ${checkpoint}`);
  let last = -1;
  for (const { position } of changes) {
    if (!(position > last)) throw new RangeError(`${subscription}: change ${position} comes after ${last}`);
    if (position > checkpoint && !unpark.includes(position)) {
      throw new RangeError(`${subscription}: change ${position} is after checkpoint ${checkpoint}`);
    }
    last = position;
  }
};
