import { resolve } from 'node:path';
import type { Config } from '#config';
import type { BackupPlace } from '#lib/backup-places';
import { openBackupDirectory } from '#lib/backup-places/directory';
import { BackupRefused } from './backup-format.js';

/**
 * Opens the place of backups: a directory, or `s3://bucket/prefix` on the server of S3 that is configured. Nothing is made before something is
 * written. @throws {BackupRefused}
 */
export const openPlace = async (to: string, config: Config): Promise<BackupPlace> => {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(to) ?? [];
  if (bucket === undefined) return openBackupDirectory(resolve(to));
  const { S3_REGION: region, S3_ENDPOINT: endpoint } = config;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (!region || !accessKeyId || !secretAccessKey)
    throw new BackupRefused(`${to} is a bucket: set S3_REGION, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY`);
  const { openBackupBucket } = await import('#lib/backup-places/s3'); // most installations have no bucket
  const key = { accessKeyId, secretAccessKey };
  return openBackupBucket({ bucket, region, endpoint, prefix, ...key, forcePathStyle: config.S3_FORCE_PATH_STYLE });
};
