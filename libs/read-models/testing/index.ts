import type { AnyCollection } from '../collection.js';
import { joinedAnew } from '../joined.js';
import { applyWrite, type Fields, type Write } from '../write.js';

/** The documents of a view after these writes, as every adapter has them. Not for `removeAll`. */
export const documentsAfter = (collection: AnyCollection, writes: Iterable<Write>): ReadonlyMap<string, Fields> => {
  const documents = new Map<string, Fields>();
  for (const write of writes) {
    if (!('id' in write)) throw new Error('Nothing is removed here');
    const document = applyWrite(documents.get(write.id), write);
    if (document) documents.set(write.id, document);
    else documents.delete(write.id);
  }
  const versions = new Map([...documents].map(([id, doc]) => [id, { before: undefined, doc }]));
  return new Map([...documents, ...joinedAnew(collection, versions)]);
};
