import { S3ServiceException } from '@aws-sdk/client-s3';
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

/** The server's or the system's code, without anything that belongs to the request. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof S3ServiceException) return `${error.name} (${error.$metadata.httpStatusCode ?? 'no status'})`;
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
};

/** Nothing that passes by itself: the bucket, the key or the region is wrong. */
export const isRefusal = (error: unknown): boolean => {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
};

export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
