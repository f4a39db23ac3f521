import { reasonOf } from '#lib/s3';
import { MediaFilesUnavailable } from '../port.js';

/** Does something with the bucket. @throws {MediaFilesUnavailable} it fails. */
export const onBucket = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    throw bucketUnavailable(error);
  }
};

/** Has no cause: what the server says of a bad signature contains the id of the key, and what was signed. */
export const bucketUnavailable = (error: unknown): MediaFilesUnavailable =>
  error instanceof MediaFilesUnavailable
    ? error
    : new MediaFilesUnavailable(`The media files cannot be written to the bucket or read from it: ${reasonOf(error)}`);
