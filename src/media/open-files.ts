import { join } from 'node:path';
import type { Config } from '#config';
import type { MediaFiles } from '#lib/media-files';
import { openMediaDirectory } from '#lib/media-files/directory';
import { OperatorError } from '#lib/operator-error';
import { mediaDirectory } from '../platform/data-files.js';
import type { Parts } from '../platform/health/parts.js';

/** Injects `MediaFiles`. */
export const MEDIA_FILES = Symbol('media files');

/** The directory has files that would be missed. */
class FilesElsewhere extends OperatorError {
  override readonly name = 'FilesElsewhere';
}

/**
 * The files of users: in the bucket that is configured, which is a part of the service then, or in the data directory.
 * @throws {MediaFilesUnavailable | OperatorError}
 */
export const openFiles = async (config: Config, parts: Parts): Promise<MediaFiles> => {
  const directory = join(config.WAYBILL_DATA_DIR, mediaDirectory);
  const { S3_BUCKET: bucket, S3_REGION: region, S3_ACCESS_KEY_ID: accessKeyId } = config;
  const { S3_SECRET_ACCESS_KEY: secretAccessKey, S3_ENDPOINT: endpoint, S3_PREFIX: prefix } = config;
  const inDirectory = await openMediaDirectory(directory);
  if (!bucket || !region || !accessKeyId || !secretAccessKey) return inDirectory;
  for await (const { userId } of inDirectory.list()) {
    throw new FilesElsewhere(
      `${join(directory, userId)} has files, but S3_BUCKET is set: unset it, or move them to the bucket (docs/operations.md)`,
    );
  }
  // Loaded only here: most installations have no bucket.
  const { openMediaBucket } = await import('#lib/media-files/s3');
  const key = { accessKeyId, secretAccessKey };
  const files = await openMediaBucket(
    { bucket, region, endpoint, prefix, ...key, forcePathStyle: config.S3_FORCE_PATH_STYLE },
    { stagingDirectory: join(directory, 'staged') },
  );
  parts.add('mediaFiles', { name: 'S3', version: null }, () => files.ready());
  return files;
};
