import type { NewEvent, StoredEvent } from './port.js';

/** Among the metadata of an event that was copied from another store: when that one accepted it. */
const recordedAtKey = '$recordedAt';

/** The metadata as an event is stored with them. */
export const storedMetadata = ({ metadata, recordedAt }: NewEvent): object =>
  recordedAt === undefined ? metadata : { ...metadata, [recordedAtKey]: recordedAt };

/** The metadata of a stored event, and when it was first accepted; `recordedAt` is when this store did. */
export const readMetadata = (
  stored: StoredEvent['metadata'],
  recordedAt: string,
): Pick<StoredEvent, 'metadata' | 'recordedAt'> => {
  if (!(recordedAtKey in stored)) return { metadata: stored, recordedAt };
  const { [recordedAtKey]: first, ...metadata } = stored as StoredEvent['metadata'] & {
    readonly [recordedAtKey]: string;
  };
  return { metadata, recordedAt: first };
};
