import { S3ServiceException } from '@aws-sdk/client-s3';

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
